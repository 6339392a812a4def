import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { sentMembers } from '../kernel/sent-members.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { lineJson, reportJson, settingsJson } from './account-json.ts';
import * as api from './api.ts';
import { changeReconciled, readReconciled } from './change-settings.ts';
import type { ReconciliationContext } from './context.ts';
import { createStatement } from './create-statement.ts';
import { exceptionJson, payoutJson, statementJson } from './reconciliation-json.ts';
import { readException, resolveException } from './resolve-exception.ts';
import { selectExceptions } from './store-exceptions.ts';
import { selectPayout, selectPayouts } from './store-findings.ts';
import { countLinesOf, selectLinesOf } from './store-lines.ts';
import { selectReports } from './store-reports.ts';
import { type Owner, selectStatement, selectStatements } from './store-statements.ts';

type ReconciliationRoutesContext = ReconciliationContext & {
  /** Has the worker of this process compare what was just uploaded or asked for. */
  readonly wakeReconcile: () => void;
};

/** The endpoints of reconciliation, tied to their verbs. */
export function reconciliationRoutes(context: ReconciliationRoutesContext): readonly BoundEndpoint[] {
  return [...statementRoutes(context), ...exceptionRoutes(context), ...accountRoutes(context)];
}

function statementRoutes(context: ReconciliationRoutesContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.createStatement, async ({ caller, body, idempotency }) => {
      const answer = await createStatement(context, caller, body, idempotency);
      context.wakeReconcile();
      return answer;
    }),
    bindEndpoint(api.listStatements, async ({ caller, query }) => {
      const statements = await selectStatements(db, caller, query, query);
      return { body: pageOf(statements.map(statementJson), query.limit) };
    }),
    bindEndpoint(api.getStatement, async ({ caller, params }) => {
      const statement = await readStatement(context, caller, params.id);
      return { body: { ...statementJson(statement), lineStates: await countLinesOf(db, statement) } };
    }),
    bindEndpoint(api.listStatementLines, async ({ caller, params, query }) => {
      const lines = await selectLinesOf(db, await readStatement(context, caller, params.id), query);
      return { body: pageOf(lines.map(lineJson), query.limit) };
    }),
  ];
}

async function readStatement({ database }: ReconciliationContext, owner: Owner, statementId: string) {
  const statement = await selectStatement(database.query, owner, statementId);
  if (statement === null) throw new Problem('not_found', 'There is no such statement.');
  return statement;
}

function exceptionRoutes(context: ReconciliationContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listReconciliationExceptions, async ({ caller, query }) => {
      const exceptions = await selectExceptions(db, caller, query, query);
      return { body: pageOf(exceptions.map(exceptionJson), query.limit) };
    }),
    bindEndpoint(api.getReconciliationException, async ({ caller, params }) => ({
      body: exceptionJson(await readException(db, caller, params.id)),
    })),
    bindEndpoint(api.resolveReconciliationException, ({ caller, params, body, idempotency }) =>
      resolveException(context, caller, { ...body, exceptionId: params.id }, idempotency),
    ),
  ];
}

function accountRoutes(context: ReconciliationContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.listPayouts, async ({ caller, query }) => {
      const payouts = await selectPayouts(db, caller, query, query);
      return { body: pageOf(payouts.map(payoutJson), query.limit) };
    }),
    bindEndpoint(api.getPayout, async ({ caller, params }) => {
      const payout = await selectPayout(db, caller, params.id);
      if (payout === null) throw new Problem('not_found', 'There is no such payout.');
      return { body: payoutJson(payout) };
    }),
    bindEndpoint(api.listReconciliationReports, async ({ caller, query }) => {
      const reports = await selectReports(db, caller, query, query);
      return { body: pageOf(reports.map(reportJson), query.limit) };
    }),
    bindEndpoint(api.getReconciliationSettings, async ({ caller, params }) => ({
      body: settingsJson(await readReconciled(context, caller, params.id)),
    })),
    bindEndpoint(api.updateReconciliationSettings, async ({ caller, params, body }) => {
      return { body: settingsJson(await changeReconciled(context, caller, params.id, sentMembers(body))) };
    }),
  ];
}
