import type { Operation } from "./observe_options.ts";

/** Where OpenTelemetry's API registers itself, whatever copy of it there is. */
const API = Symbol.for("opentelemetry.js.api.1");

/** Where a context has its span. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

const SCOPE = "@astraguard/hil-metrics";

/** Of the semantic conventions for database clients, in seconds. */
const BOUNDARIES_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

const SPAN_KIND_CLIENT = 2;
const STATUS_ERROR = 2;

type Attributes = Readonly<Record<string, string>>;

/** What of the API is needed: https://opentelemetry.io/docs/specs/otel/ */
interface Api {
  readonly trace?: { getTracer(name: string): Tracer };
  readonly metrics?: { getMeter(name: string): Meter };
  readonly context?: {
    active(): Context;
    with<T>(context: Context, work: () => T): T;
  };
}

interface Context {
  setValue(key: symbol, value: unknown): Context;
}

interface Tracer {
  startSpan(
    name: string,
    options: { kind: number; attributes: Attributes },
    context: Context | undefined,
  ): Span;
}

interface Span {
  setAttribute(name: string, value: string): unknown;
  setStatus(status: { code: number; message: string }): unknown;
  end(): void;
}

interface Meter {
  createHistogram(name: string, options: unknown): {
    record(value: number, attributes: Attributes): void;
  };
}

/**
 * Spans and a histogram of operations through the OpenTelemetry API that the
 * process has registered; nothing where it has none.
 *
 * Names are those of the semantic conventions for database clients,
 * https://opentelemetry.io/docs/specs/semconv/database/. The run is an
 * attribute of spans, and not of the histogram, which would have a series a run.
 */
export class Telemetry {
  readonly #api: Api;
  readonly #tracer: Tracer | undefined;
  readonly #histogram: ReturnType<Meter["createHistogram"]> | undefined;

  private constructor(api: Api) {
    this.#api = api;
    this.#tracer = api.trace?.getTracer(SCOPE);
    this.#histogram = api.metrics?.getMeter(SCOPE).createHistogram(
      "db.client.operation.duration",
      {
        unit: "s",
        description: "Duration of operations on stored runs",
        advice: { explicitBucketBoundaries: BOUNDARIES_S },
      },
    );
  }

  /** That of the process, if it has one. */
  static ofProcess(): Telemetry | undefined {
    const api = (globalThis as { [API]?: Api })[API];
    return api === undefined ? undefined : new Telemetry(api);
  }

  /** Does something within a span of its own. */
  async trace<T>(
    operation: Operation,
    runId: string | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const { context } = this.#api;
    const span = this.#tracer?.startSpan(
      `${operation} run`,
      {
        kind: SPAN_KIND_CLIENT,
        attributes: {
          ...attributesOf(operation),
          ...runId !== undefined && { "hil_metrics.run.id": runId },
        },
      },
      context?.active(),
    );
    if (span === undefined) return await work();
    try {
      return await (context === undefined
        ? work()
        : context.with(context.active().setValue(SPAN, span), work));
    } catch (error) {
      span.setAttribute("error.type", errorTypeOf(error));
      span.setStatus({ code: STATUS_ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Counts an operation; `error` is what it ended with, if it failed. */
  record(operation: Operation, durationMs: number, error?: unknown): void {
    const attributes = attributesOf(operation);
    this.#histogram?.record(
      durationMs / 1000,
      error === undefined
        ? attributes
        : { ...attributes, "error.type": errorTypeOf(error) },
    );
  }
}

function attributesOf(operation: Operation): Attributes {
  return { "db.system.name": "hil_metrics", "db.operation.name": operation };
}

function errorTypeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return String(code ?? name ?? "_OTHER");
}
