/** JSON Schemas of what people write by hand, made from the schemas that read it, so that editors complete and check. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { PolicyKeys } from '../core/policy/keys.ts';
import { FrontMatter } from '../core/runbook/front-matter-schema.ts';

const root = join(import.meta.dirname, '..');

type JsonSchema = z.core.JSONSchema.JSONSchema;

function schemaOf(schema: z.ZodType, title: string, description: string): JsonSchema {
  const made: JsonSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { ...made, title, description };
}

/** Each file below schemas/, and what it holds. */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  'runbook.schema.json': {
    ...schemaOf(FrontMatter, 'Front matter of a Countersign runbook', 'docs/runbooks.md describes every key.'),
    patternProperties: { '^x-': { description: 'Belongs to another tool.' } },
  },
  'countersign.schema.json': schemaOf(PolicyKeys, 'The policy of Countersign', 'docs/policy.md describes every key.'),
};

if (import.meta.main)
  for (const [name, schema] of Object.entries(schemas))
    writeFileSync(join(root, 'schemas', name), `${JSON.stringify(schema, null, 2)}\n`);
