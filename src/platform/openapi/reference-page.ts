import type { ProblemCode } from '../../kernel/problem.ts';
import { GENERAL_PROBLEMS } from '../http/declared-problems.ts';
import type { OpenApi, OpenApiOperation, OpenApiParameter, OpenApiResponse } from './build-openapi.ts';
import { type DocsPage, docsPage, Html, html } from './docs-page.ts';
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

/** The page at `/docs`: every operation with its fields, an example, its answers and its refusals. */
export function renderReference(openapi: OpenApi): DocsPage {
  const groups = groupsOf(openapi);
  const components = Object.entries(openapi.components.schemas);
  const side = html`${groups.map(
    ({ tag, entries }) => html`<h2>${tag}</h2>
<ul>${entries.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`)}</ul>
`,
  )}<h2>More</h2>
<ul><li><a href="#objects">Objects</a></li><li><a href="/docs/errors">Errors</a></li></ul>`;
  const content = html`<h1>${openapi.info.title}</h1>
<p>Version ${openapi.info.version}. ${openapi.info.description ?? ''}</p>
<p>Beside the answers listed with it, any operation may answer with ${problemLinks(GENERAL_PROBLEMS)}.</p>
${groups.map(
  ({ tag, entries }) => html`<section><h2 id="${anchor(tag)}">${tag}</h2>
${entries.map((entry) => operationArticle(openapi, entry))}</section>
`,
)}<section><h2 id="objects">Objects</h2>
${components.map(([name, schema]) => componentArticle(name, schema))}</section>`;
  return docsPage(openapi.info.title, side, content);
}

/** A tag as the target of a link. */
function anchor(tag: string): string {
  return `tag-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}

function operationArticle(openapi: OpenApi, entry: ReferenceEntry): Html {
  const { method, path, operation } = entry;
  const body = operation.requestBody?.content['application/json']?.schema;
  const file = fileOf(operation);
  return html`<article id="${operation.operationId}">
<h3>${operation.summary}</h3>
<p class="address"><code><span class="method">${method}</span> ${breakable(path)}</code></p>
${operation.description === undefined ? '' : html`<p>${operation.description}</p>`}
<p><b>Who may call:</b> ${accessSentence(operation)}</p>
${parameterTable(operation.parameters)}
${file === null ? '' : html`<h4>Body</h4><p>${file.text} (${file.mediaTypes.join(', ')})</p>`}
${body === undefined ? '' : bodySection(body, openapi, operation.requestBody?.required ?? false)}
<h4>Example</h4>
<pre tabindex="0" aria-label="Example"><code>${curlExample(openapi, entry)}</code></pre>
${answersSection(operation)}
</article>
`;
}

function parameterTable(parameters: readonly OpenApiParameter[]): Html | string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: place, required, description, schema }) => {
    const row = fieldRow(name, { ...schema, description: description ?? '' }, required);
    return tableRow(row, `, in the ${place}`);
  });
  return html`<h4>Parameters</h4>${table('Parameter', rows)}`;
}

function bodySection(body: JsonSchema, openapi: OpenApi, required: boolean): Html {
  const component = body.$ref?.split('/').at(-1);
  const schema = component === undefined ? body : (openapi.components.schemas[component] ?? body);
  return html`<h4>Body${required ? '' : ' (may be left out)'}</h4>
${schemaContent(schema)}`;
}

function schemaContent(schema: JsonSchema): Html {
  const rows = fieldRows(schema);
  if (rows.length > 0)
    return table(
      'Field',
      rows.map((row) => tableRow(row)),
    );
  const rules = rulesOf(schema);
  return html`<p>${typeHtml(typeOf(schema))}${rules.length > 0 ? `; ${rules.join('; ')}` : ''}</p>`;
}

function table(heading: string, rows: readonly Html[]): Html {
  return html`<table>
<thead><tr><th scope="col">${heading}</th><th scope="col">What it is</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function tableRow(row: FieldRow, place = ''): Html {
  const rules = row.rules.map((rule, index) => html`${index === 0 ? '' : '; '}${breakable(rule)}`);
  return html`<tr><th scope="row"><code>${breakable(row.name)}</code>
<span class="type">${row.required ? html`<span class="required">required</span> ` : ''}${typeHtml(row.type)}${place}</span></th>
<td>${row.description === '' ? '' : html`<p>${row.description}</p>`}${
    rules.length === 0 ? '' : html`<p class="rules">${rules}</p>`
  }</td></tr>
`;
}

/** Lets long names break where their parts meet. */
function breakable(text: string): Html {
  return new Html(html`${text}`.text.replace(/([./_[\]|]|[a-z](?=[A-Z]))(?=\w)/g, '$1<wbr>'));
}

function typeHtml(parts: readonly TypePart[]): Html {
  return html`${parts.map((part) =>
    typeof part === 'string' ? part : html`<a href="#schema-${part.component}">${part.component}</a>`,
  )}`;
}

function answersSection(operation: OpenApiOperation): Html {
  return html`<h4>Answers</h4>
<table class="answers">
<thead><tr><th scope="col">Status</th><th scope="col">What it means</th></tr></thead>
<tbody>
${ownResponses(operation).map(([status, response]) => answerRow(status, response))}</tbody>
</table>
`;
}

function answerRow(status: string, response: OpenApiResponse): Html {
  const schema = response.content?.['application/json']?.schema;
  const codes = response['x-problems'];
  const meaning =
    codes === undefined
      ? html`<p>${response.description}</p>${schema === undefined ? '' : html`<p class="rules">${typeHtml(answerType(schema))}</p>`}`
      : problemLinks(codes);
  return html`<tr><th scope="row">${status}</th><td>${meaning}</td></tr>
`;
}

function problemLinks(codes: readonly ProblemCode[]): Html {
  return html`${codes.map(
    (code, index) => html`${index === 0 ? '' : ', '}<a href="/docs/errors#${code}">${breakable(code)}</a>`,
  )}`;
}

function componentArticle(name: string, schema: JsonSchema): Html {
  return html`<article id="schema-${name}">
<h3>${name}</h3>
${schema.description === undefined ? '' : html`<p>${schema.description}</p>`}
${schemaContent(schema)}</article>
`;
}
