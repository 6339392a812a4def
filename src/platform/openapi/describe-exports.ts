import type { Endpoint } from '../../kernel/endpoint.ts';
import { listItemOf } from '../http/list-item.ts';
import { EXPORT_MEDIA_TYPES, EXPORT_ROWS_MAX } from '../http/stream-export.ts';
import type { OpenApiContent } from './build-openapi.ts';

/** A list as a file, for whoever sends the media type in Accept. */
export function describeExports(endpoint: Endpoint): OpenApiContent {
  if (listItemOf(endpoint) === null) return {};
  const whole = `The list from the cursor on, up to ${EXPORT_ROWS_MAX} rows; limit does not count.`;
  return {
    [EXPORT_MEDIA_TYPES.csv]: {
      schema: {
        type: 'string',
        description: `${whole} RFC 4180 with a header; a last line says so where rows were left out.`,
      },
    },
    [EXPORT_MEDIA_TYPES.jsonl]: {
      schema: { type: 'string', description: `${whole} One object a line; the last line has the object export_end.` },
    },
  };
}
