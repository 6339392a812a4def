import { PROBLEMS } from '../src/kernel/problem.ts';
import { renderErrorsMarkdown } from '../src/platform/openapi/errors-page.ts';
import { renderReferenceMarkdown } from '../src/platform/openapi/reference-markdown.ts';
import { ENDPOINTS } from '../src/roles/declarations.ts';
import { describeApi } from '../src/roles/describe-api.ts';
import { generateConformance } from './generate-conformance.ts';
import { generateDialectVectors } from './generate-dialect-vectors.ts';
import { renderEventsMarkdown } from './generate-events.ts';
import { renderRolesMarkdown } from './generate-roles.ts';
import { generateSchema } from './generate-schema.ts';
import { generateSdk } from './generate-sdk.ts';
import { renderStatesMarkdown } from './generate-states.ts';

/**
 * Every generated file by its path, from the declarations and a freshly migrated database. `npm run gen` writes them;
 * a test finds the stale ones.
 */
export async function generatedFiles(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  // The committed document names no installation.
  const openapi = describeApi('https://tollgate.example');
  const { schema, tables, columns } = await generateSchema(databaseUrl);
  return new Map([
    ['db/schema.sql', schema],
    ['src/platform/tables.generated.ts', tables],
    ['src/platform/columns.generated.ts', columns],
    ['openapi/v1.json', `${JSON.stringify(openapi, null, 2)}\n`],
    ['sdk/src/api.generated.ts', generateSdk(openapi)],
    ['docs/reference/api.md', renderReferenceMarkdown(openapi)],
    ['docs/reference/errors.md', renderErrorsMarkdown(PROBLEMS)],
    ['docs/reference/states.md', renderStatesMarkdown()],
    ['docs/reference/roles.md', renderRolesMarkdown(ENDPOINTS)],
    ['docs/events.md', renderEventsMarkdown(openapi)],
    ['docs/reference/conformance.md', await generateConformance()],
    ...generateDialectVectors(),
  ]);
}
