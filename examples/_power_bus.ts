/** A satellite's power bus: what the satellite simulates and the agent forecasts. */
export const POWER_BUS = {
  /** What the regulator holds, in volts. */
  nominalV: 28,
  /** Above this the bus is out of range, in volts. */
  limitV: 30,
  /** What the solar array delivers, in amperes. */
  arrayA: 10,
  /** Buffer capacitor, in farads. */
  capacityF: 0.02,
  /** Conductance of the shunt at its highest setting, in siemens. */
  fullShuntS: 2,
  /** Highest setting of the shunt; at 0 it is open and the bus charges up. */
  maxSetting: 254,
} as const;

/** The voltage after a while with the shunt at a setting. */
export function nextVoltage(
  voltageV: number,
  setting: number,
  elapsedS: number,
): number {
  const { nominalV, arrayA, capacityF, fullShuntS, maxSetting } = POWER_BUS;
  const shuntA = voltageV * fullShuntS * setting / maxSetting;
  const nextV = voltageV + (arrayA - shuntA) / capacityF * elapsedS;
  return Math.max(nominalV, nextV);
}
