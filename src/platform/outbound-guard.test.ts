import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkTargetUrl } from './outbound-address.ts';
import { type CountingServer, expectKind, loopbackClient, startHttp } from './outbound-fixture.ts';
import { createOutboundHttp } from './outbound-http.ts';
import { type ResolveName, resolveAsMachine } from './outbound-names.ts';

describe('the guard', () => {
  let canary: CountingServer;
  let hosts: (string | undefined)[] = [];

  beforeAll(async () => {
    canary = await startHttp(({ headers }, response) => {
      hosts.push(headers.host);
      response.setHeader('connection', 'close').end('ok');
    });
  });
  beforeEach(() => {
    hosts = [];
  });
  afterAll(() => canary.close());

  /** A client for public targets, with names of our choice. */
  async function sendPublicly(resolve: ResolveName, host = 'shop.test') {
    const http = createOutboundHttp({
      allowPrivateTargets: false,
      allowHttp: true,
      userAgent: 'Tollgate-Test/1',
      resolve,
    });
    const url = `http://${host}:${canary.port}/`;
    const outcome = await http.send({ method: 'POST', url, body: '{}', timeoutMs: 1_000, responseBytesMax: 10 });
    await http.close();
    return outcome;
  }

  it.each([
    ['an internal address', ['127.0.0.1']],
    ['an internal address among public ones', ['93.184.215.14', '127.0.0.1', '2606:4700:4700::1111']],
    ['an internal IPv6 address beside a public IPv4 one', ['93.184.215.14', '::1']],
    ['a metadata service', ['169.254.169.254']],
    ['an internal address in IPv6 clothes', ['::ffff:127.0.0.1']],
    ['something that is no address', ['127.1']],
  ])('refuses a name that leads to %s', async (_what, addresses) => {
    const before = canary.connections;
    const outcome = expectKind(await sendPublicly(async () => addresses), 'not_sent');
    expect(outcome.reason).toBe('address_not_allowed');
    expect(canary.connections).toBe(before);
  });

  it('refuses at the call a name that has changed its address since it was saved', async () => {
    const before = canary.connections;
    expect(checkTargetUrl(`https://shop.test:${canary.port}/`, { allowPrivateTargets: false }).ok).toBe(true);
    const outcome = expectKind(await sendPublicly(async () => ['127.0.0.1']), 'not_sent');
    expect(outcome.reason).toBe('address_not_allowed');
    expect(canary.connections).toBe(before);
  });

  it('connects to the address it has checked, and asks no second time in between', async () => {
    let asked = 0;
    // Where the second answer counted, nobody would listen.
    const http = loopbackClient({ resolve: async () => (++asked === 1 ? ['127.0.0.1'] : ['127.0.0.2']) });
    const url = `http://shop.test:${canary.port}/`;
    const outcome = await http.send({ method: 'GET', url, timeoutMs: 1_000, responseBytesMax: 10 });
    expect(expectKind(outcome, 'answered').remoteAddress).toBe('127.0.0.1');
    expect([asked, hosts]).toEqual([1, [`shop.test:${canary.port}`]]);
    await http.close();
  });

  it('tries the other allowed addresses where one refuses', async () => {
    const http = loopbackClient({ resolve: async () => ['127.0.0.2', '::1', '127.0.0.1'] });
    const url = `http://shop.test:${canary.port}/`;
    const outcome = await http.send({ method: 'GET', url, timeoutMs: 5_000, responseBytesMax: 10 });
    expect(expectKind(outcome, 'answered').remoteAddress).toBe('127.0.0.1');
    await http.close();
  });

  it('refuses plain HTTP unless it is allowed', async () => {
    const http = createOutboundHttp({ allowPrivateTargets: false, userAgent: 'Tollgate-Test/1' });
    const url = 'http://shop.test/';
    const outcome = await http.send({ method: 'GET', url, timeoutMs: 1_000, responseBytesMax: 10 });
    expect(expectKind(outcome, 'not_sent')).toMatchObject({
      reason: 'invalid_url',
      detail: 'Must begin with https://',
    });
    await http.close();
  });

  it('lets a demo call itself by the name of this machine', async () => {
    expect(await resolveAsMachine('localhost')).toContain('127.0.0.1');
    const http = loopbackClient({ resolve: resolveAsMachine });
    const url = `http://localhost:${canary.port}/`;
    expectKind(await http.send({ method: 'GET', url, timeoutMs: 5_000, responseBytesMax: 10 }), 'answered');
    await http.close();
  });

  it('refuses a port of the installation itself, as a literal and behind a name, where other ports may be called', async () => {
    const before = canary.connections;
    const policy = { allowPrivateTargets: true, ownPorts: new Set([canary.port]) };
    for (const host of ['127.0.0.1', '127.1', 'localhost', '10.0.0.1']) {
      expect(checkTargetUrl(`http://${host}:${canary.port}/metrics`, policy)).toMatchObject({
        ok: false,
        reason: 'address_not_allowed',
      });
      expect(checkTargetUrl(`http://${host}:${canary.port + 1}/metrics`, policy).ok).toBe(true);
    }
    const http = loopbackClient(policy);
    const url = `http://shop.test:${canary.port}/metrics`;
    const outcome = await http.send({ method: 'POST', url, timeoutMs: 1_000, responseBytesMax: 10 });
    expect(expectKind(outcome, 'not_sent').reason).toBe('address_not_allowed');
    expect(canary.connections).toBe(before);
    await http.close();
  });

  it('checks a name anew for each new connection, so that one that turns inwards is not followed', async () => {
    const before = canary.connections;
    let answers = [['127.0.0.1']];
    const http = createOutboundHttp({
      ...{ allowPrivateTargets: true, ownPorts: new Set<number>(), userAgent: 'Tollgate-Test/1' },
      resolve: async () => answers.shift() ?? ['169.254.169.254'],
      nameTtlMs: 0,
    });
    const url = `http://shop.test:${canary.port}/`;
    const send = () => http.send({ method: 'GET', url, timeoutMs: 1_000, responseBytesMax: 10 });
    expectKind(await send(), 'answered');
    expect(expectKind(await send(), 'not_sent').reason).toBe('address_not_allowed');
    answers = [['127.0.0.1', '169.254.169.254']];
    expect(expectKind(await send(), 'not_sent').reason).toBe('address_not_allowed');
    expect(canary.connections - before).toBe(1);
    await http.close();
  });

  it('asks once for the requests of a short time', async () => {
    const before = canary.connections;
    let asked = 0;
    const http = loopbackClient({
      resolve: async () => {
        asked++;
        return ['127.0.0.1'];
      },
    });
    const url = `http://shop.test:${canary.port}/`;
    for (let i = 0; i < 3; i++) {
      expectKind(await http.send({ method: 'GET', url, timeoutMs: 5_000, responseBytesMax: 10 }), 'answered');
    }
    expect([asked, canary.connections - before]).toEqual([1, 3]);
    await http.close();
  });
});
