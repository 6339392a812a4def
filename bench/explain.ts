import type { BenchServer } from './database-server.ts';
export async function explainStatements(_server: BenchServer, _rows: number): Promise<void> {}
