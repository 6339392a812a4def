import type { FormEvent } from 'react';
import { type DefaultValues, type FieldValues, get, type Path, type PathValue, useForm } from 'react-hook-form';
import type { ZodType } from 'zod';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';

interface ShapeFormOptions<Values extends FieldValues, Body> {
  /** Of the endpoint that is called: `createThing.body`; left out where its file is none for browsers, the API checks. */
  readonly shape?: ZodType | undefined;
  readonly defaults: DefaultValues<Values>;
  /** What was filled in, as the API wants it. */
  readonly toBody: (values: Values) => Body;
  /** Of `useAct`, with `saysErrors`. */
  readonly act: {
    readonly error: unknown;
    readonly isPending: boolean;
    readonly mutate: (body: Body, options: { readonly onError: (error: unknown) => void }) => void;
  };
  /** The field that a rule is about, where the API calls it otherwise: by its path (`eventTypes/0`). */
  readonly fieldOf?: (path: string) => Path<Values> | undefined;
}

/**
 * A form that is checked by the shape that the API checks with, before anything is sent. What is wrong, here or in the
 * API's answer, stands at its field; `error` is what has no field here.
 */
export function useShapeForm<Values extends FieldValues, Body>(options: ShapeFormOptions<Values, Body>) {
  const { shape, defaults, toBody, act, fieldOf } = options;
  const advise = useAdvice();
  const form = useForm<Values>({ defaultValues: defaults });
  const { errors } = form.formState;
  const place = (rules: readonly Rule[]): void => {
    for (const { path, detail } of rules) {
      const name = fieldOf?.(path.join('/')) ?? knownField(defaults, path);
      form.setError(name === undefined ? 'root' : (name as Path<Values>), { message: detail });
    }
  };
  const send = form.handleSubmit((values) => {
    const body = toBody(values);
    const issues = shape?.safeParse(body).error?.issues ?? [];
    if (issues.length === 0) act.mutate(body, { onError: (error) => place(rulesOf(error)) });
    else place(issues.map(({ path, message }) => ({ path: path.map(String), detail: message })));
  });
  const isPlaced = rulesOf(act.error).length > 0;
  return {
    /** For `<form onSubmit>`. */
    submit: (event: FormEvent<HTMLFormElement>) => {
      form.clearErrors();
      void send(event);
    },
    /** For a TextField, a ChoiceField, a CheckField: what it is called, and what is wrong with it. */
    field: <Name extends Path<Values>>(name: Name) => ({ ...form.register(name), error: messageOf(errors, name) }),
    /** For what is no control of the browser's: what it holds, and a way to change it. */
    value: <Name extends Path<Values>>(name: Name) => ({
      value: form.watch(name),
      set: (next: PathValue<Values, Name>) => form.setValue(name, next, { shouldDirty: true }),
      error: messageOf(errors, name),
    }),
    reset: form.reset,
    isDirty: form.formState.isDirty,
    isBusy: act.isPending,
    error: errors.root?.message ?? (act.error == null || isPlaced ? undefined : advise(act.error)),
  };
}

interface Rule {
  readonly path: readonly string[];
  readonly detail: string;
}

/** The broken rules of a refusal; https://www.rfc-editor.org/rfc/rfc6901 has the escapes of pointers. */
function rulesOf(error: unknown): readonly Rule[] {
  if (!(error instanceof ApiProblem)) return [];
  return error.errors.map(({ pointer, detail }) => ({
    path: pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
    detail,
  }));
}

/** The field of the form that lies on a path, or the nearest one above. */
function knownField(defaults: object, path: readonly string[]): string | undefined {
  const known: string[] = [];
  let held: unknown = defaults;
  for (const name of path) {
    if (typeof held !== 'object' || held === null || !(name in held)) break;
    known.push(name);
    held = Reflect.get(held, name);
  }
  return known.length === 0 ? undefined : known.join('.');
}

function messageOf(errors: object, name: string): string | undefined {
  const found: { readonly message?: unknown } | undefined = get(errors, name);
  return typeof found?.message === 'string' ? found.message : undefined;
}
