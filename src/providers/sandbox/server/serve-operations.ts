import { type ApiAnswer, type ApiRequest, type Serve, whole } from './api-answer.ts';
import type { Desk } from './desk.ts';
import { disputeJson } from './dispute.ts';
import { findOperation, type MadeOperation, makeAtConsole, makeOperation } from './make-operation.ts';
import { type OperationKind, operationJson } from './operation.ts';
import { consoleRequests, evidenceRequest, operationRequests, parseBody } from './requests.ts';
import { scenarioOf } from './scenario.ts';
import { submitEvidence } from './submit-evidence.ts';

/** Serves the request for an operation of this kind. */
export function serveMake(kind: OperationKind): Serve {
  return (desk, request, chargeReference) => {
    const wanted = parseBody(operationRequests[kind], request.body);
    return answerTo(makeOperation(desk, request.merchantCode, chargeReference, kind, wanted));
  };
}

/** Serves the question after an operation of this kind. */
export function serveFind(kind: OperationKind): Serve {
  return (desk, { merchantCode }, chargeReference, reference) => {
    const { operation, charge } = findOperation(desk, merchantCode, chargeReference, kind, reference);
    return whole(200, operationJson(operation, charge));
  };
}

/** Serves what a person does at the console. */
export function serveConsole(kind: keyof typeof consoleRequests): Serve {
  return (desk, request, chargeReference) => {
    const wanted = { final: false, ...parseBody(consoleRequests[kind], request.body), kind };
    const { operation, charge } = makeAtConsole(desk, request.merchantCode, chargeReference, wanted);
    return whole(201, operationJson(operation, charge));
  };
}

/** Serves a merchant's evidence. */
export function serveEvidence(desk: Desk, request: ApiRequest, chargeReference: string, disputeId: string): ApiAnswer {
  const evidence = parseBody(evidenceRequest, request.body);
  const { dispute, charge } = submitEvidence(desk, request.merchantCode, chargeReference, disputeId, evidence);
  return whole(200, disputeJson(dispute, charge));
}

function answerTo({ operation, charge, created, answer }: MadeOperation): ApiAnswer {
  const notifyFirst = created && scenarioOf(charge.token).fault === 'before_answer';
  return {
    status: created ? 201 : 200,
    body: operationJson(operation, charge),
    delivery: answer,
    ...(notifyFirst ? { notifyFirst: charge.id } : {}),
  };
}
