/** How long work took at one size. */
export interface ScalingPoint {
  size: number;
  durationMs: number;
}

/** The times of one kind of work at all sizes. */
export interface ScalingCurve {
  name: string;
  /** What the size counts. */
  unit: "measurements" | "runs";
  points: readonly ScalingPoint[];
}

/** Duration = factor * size ^ slope. */
export interface PowerLaw {
  slope: number;
  factor: number;
}

/** Below these, what does not grow with the size counts too. */
export function largestPoints(
  points: readonly ScalingPoint[],
): readonly ScalingPoint[] {
  return points.slice(-3);
}

/**
 * The power law that fits the points best: ordinary least squares on the
 * logarithms (A.-M. Legendre, "Nouvelles méthodes pour la détermination des
 * orbites des comètes", 1805), so that every decade counts alike.
 */
export function fitPowerLaw(points: readonly ScalingPoint[]): PowerLaw {
  const mean = (of: (point: ScalingPoint) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const x = ({ size }: ScalingPoint) => Math.log(size);
  const y = ({ durationMs }: ScalingPoint) => Math.log(durationMs);
  const meanX = mean(x);
  const meanY = mean(y);
  const slope = mean((it) => (x(it) - meanX) * (y(it) - meanY)) /
    mean((it) => (x(it) - meanX) ** 2);
  return { slope, factor: Math.exp(meanY - slope * meanX) };
}
