import type { ProblemCode } from '../../kernel/problem.ts';
import { GENERAL_PROBLEMS } from '../http/declared-problems.ts';
import type { OpenApi, OpenApiOperation } from './build-openapi.ts';
import type { JsonSchema } from './json-schema.ts';
import {
  accessSentence,
  answerType,
  curlExample,
  type FieldRow,
  fieldRow,
  fieldRows,
  fileOf,
  groupsOf,
  ownResponses,
  type ReferenceEntry,
  rulesOf,
  type TypePart,
  typeOf,
} from './reference-model.ts';

/** The reference as one Markdown file, for `docs/`. */
export function renderReferenceMarkdown(openapi: OpenApi): string {
  const lines = [
    `# ${openapi.info.title}`,
    '',
    `Version ${openapi.info.version}. ${openapi.info.description ?? ''}`.trim(),
    '',
    `Beside the answers listed with it, any operation may answer with ${problemLinks(GENERAL_PROBLEMS)}.`,
    '',
  ];
  for (const { tag, entries } of groupsOf(openapi)) {
    lines.push(`## ${tag}`, '', ...entries.flatMap((entry) => operationLines(openapi, entry)));
  }
  lines.push('## Objects', '');
  for (const [name, schema] of Object.entries(openapi.components.schemas)) {
    lines.push(`### ${name}`, '', ...(schema.description === undefined ? [] : [schema.description, '']));
    lines.push(...schemaLines(schema));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function operationLines(openapi: OpenApi, entry: ReferenceEntry): readonly string[] {
  const { method, path, operation } = entry;
  const parameters = operation.parameters.map(({ name, in: place, required, description = '', schema }) =>
    fieldRow(`${name} (${place})`, { ...schema, description }, required),
  );
  const body = operation.requestBody?.content['application/json']?.schema;
  const file = fileOf(operation);
  const component = body?.$ref?.split('/').at(-1) ?? '';
  return [
    `### ${operation.summary}`,
    '',
    `\`${method} ${path}\` · \`${operation.operationId}\``,
    '',
    ...(operation.description === undefined ? [] : [operation.description, '']),
    `Who may call: ${accessSentence(operation)}`,
    '',
    ...(parameters.length === 0 ? [] : ['Parameters:', '', ...fieldTable(parameters)]),
    ...(file === null ? [] : [`Body: ${file.text} (${file.mediaTypes.join(', ')})`, '']),
    ...(body === undefined ? [] : ['Body:', '', ...schemaLines(openapi.components.schemas[component] ?? body)]),
    '```sh',
    curlExample(openapi, entry),
    '```',
    '',
    ...answerLines(operation),
  ];
}

function answerLines(operation: OpenApiOperation): readonly string[] {
  const rows = ownResponses(operation).map(([status, response]) => {
    const schema = response.content?.['application/json']?.schema;
    const type = schema === undefined ? '' : ` (${typeText(answerType(schema))})`;
    const codes = response['x-problems'];
    return `| ${status} | ${codes === undefined ? cell(`${response.description}${type}`) : problemLinks(codes)} |`;
  });
  return ['| status | meaning |', '| --- | --- |', ...rows, ''];
}

function problemLinks(codes: readonly ProblemCode[]): string {
  return codes.map((code) => `[\`${code}\`](errors.md#${code})`).join(', ');
}

function schemaLines(schema: JsonSchema): readonly string[] {
  const rows = fieldRows(schema);
  return rows.length > 0 ? fieldTable(rows) : [cell([typeText(typeOf(schema)), ...rulesOf(schema)].join('; ')), ''];
}

function fieldTable(rows: readonly FieldRow[]): readonly string[] {
  const lines = rows.map(({ name, required, type, description, rules }) => {
    const what = [description, rules.join('; ')].filter((part) => part !== '').join(' ');
    return `| \`${cell(name)}\`${required ? ' **required**' : ''} | ${cell(typeText(type))} | ${cell(what)} |`;
  });
  return ['| field | type | what it is |', '| --- | --- | --- |', ...lines, ''];
}

function typeText(parts: readonly TypePart[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : part.component)).join('');
}

/** Text inside a table's cell; the characters that would end it or become markup are escaped. */
function cell(text: string): string {
  return text.replace(/[\\|<>*_]/g, (character) => `\\${character}`).replaceAll('\n', ' ');
}
