import { createHash } from 'node:crypto';
import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

interface TracingOptions {
  /** The collector's base address; `/v1/traces` is added, as the OTLP specification says. */
  readonly endpoint: string;
  readonly serviceName: string;
}

export interface Tracing {
  /** Sends what is gathered, then switches tracing off. */
  stop(): Promise<void>;
}

/** Null while tracing is off, so that every span then costs one comparison. */
let tracer: Tracer | null = null;

/** Switches tracing on for this process; without it nothing here does anything. */
export function startTracing({ endpoint, serviceName }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  tracer = provider.getTracer('tollgate');
  return {
    async stop() {
      tracer = null;
      context.disable();
      await provider.shutdown();
    },
  };
}

/** Runs the work as a span below the current one. The name is constant; attributes carry no secrets. */
export async function withSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  if (tracer === null) return work();
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      // Only the kind of error: its message may repeat what a sender wrote.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
      throw error;
    } finally {
      span.end();
    }
  });
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

/**
 * Runs a call to somebody else as a span in the trace that belongs to its subject: calls about one subject are one trace,
 * however far apart and from whichever process. `headers` let the other side go on with it; there are none while tracing is
 * off.
 */
export function withClientSpan<T>(
  name: string,
  subject: string,
  attributes: Attributes,
  work: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  return tracer === null ? work(NO_HEADERS) : traceCall(tracer, { name, subject, attributes }, work);
}

interface TracedCall {
  readonly name: string;
  readonly subject: string;
  readonly attributes: Attributes;
}

async function traceCall<T>(
  on: Tracer,
  { name, subject, attributes }: TracedCall,
  work: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const digest = createHash('sha256').update(subject).digest('hex');
  const [traceId, spanId] = [digest.slice(0, 32), digest.slice(32, 48)];
  const parent = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, isRemote: true });
  const span = on.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
  try {
    return await work({ traceparent: `00-${traceId}-${span.spanContext().spanId}-01` });
  } finally {
    span.end();
  }
}

interface ServerSpanEnd {
  readonly route: string;
  readonly status: number;
  readonly correlationId: string;
}

/** The span of one HTTP request. */
export interface ServerSpan {
  /** Makes the span the current one for what the callback starts. */
  run(callback: () => void): void;
  end(facts: ServerSpanEnd): void;
}

/** Begins the span of a request, below the caller's where it sent a W3C traceparent; null while tracing is off. */
export function startServerSpan(method: string, traceparent: string | undefined): ServerSpan | null {
  if (tracer === null) return null;
  const parent = remoteContext(traceparent);
  const span: Span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parent);
  const current = trace.setSpan(parent, span);
  return {
    run: (callback) => context.with(current, callback),
    end({ route, status, correlationId }) {
      // Names and attributes follow https://opentelemetry.io/docs/specs/semconv/http/http-spans/
      span.updateName(`${method} ${route}`);
      span.setAttributes({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'tollgate.correlation_id': correlationId,
      });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00; anything else starts a trace of our own (all zeros too: the API refuses them). */
function remoteContext(traceparent: string | undefined): Context {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '');
  const [, traceId, spanId, flags] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16);
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
