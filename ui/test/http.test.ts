// The browser host: the token stays out of the address, refusals come as refusals, news as lines.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asRefusal } from '../src/backend';
import { httpHost } from '../src/backend/http';

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  sessionStorage.clear();
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
  window.history.replaceState(null, '', '/#token=a%2Bb');
});
afterEach(() => vi.unstubAllGlobals());

const answer = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

describe('httpHost', () => {
  it('takes the token from the address, hides it, and keeps it over a reload', async () => {
    fetched.mockImplementation(async () => answer({ ok: { phase: 'open' } }));
    await httpHost().call('app_state', {});
    expect(window.location.hash).toBe('');
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('/rpc');
    expect(init?.headers).toMatchObject({ authorization: 'Bearer a+b' });
    expect(init?.body).toBe('{"cmd":"app_state","args":{}}');
    await httpHost().call('app_state', {});
    expect(fetched.mock.calls[1]?.[1]?.headers).toMatchObject({ authorization: 'Bearer a+b' });
  });

  it('a refusal of the core is thrown as it is', async () => {
    fetched.mockResolvedValue(answer({ error: { code: 'locked', params: {} } }));
    await expect(httpHost().call('reception', {})).rejects.toEqual({ code: 'locked', params: {} });
  });

  it('a silent or foreign host is said to be gone', async () => {
    fetched.mockRejectedValueOnce(new TypeError('refused'));
    await expect(httpHost().call('reception', {})).rejects.toMatchObject({ code: 'host_gone' });
    fetched.mockResolvedValueOnce(new Response('<html>', { status: 502 }));
    await expect(httpHost().call('reception', {})).rejects.toMatchObject({ code: 'host_gone' });
    fetched.mockResolvedValueOnce(answer({}, 401));
    await expect(httpHost().call('reception', {})).rejects.toMatchObject({ code: 'host_gone' });
  });

  it('news come whole though the line cuts them anywhere', async () => {
    const bytes = new TextEncoder().encode(
      '\n{"cases":["c1"],"lists":[]}\n{"cases":[],"lists":["қ"]}\n',
    );
    fetched.mockResolvedValueOnce(
      new Response(
        new ReadableStream({
          start(controller) {
            for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
          },
        }),
      ),
    );
    const news: unknown[] = [];
    const stop = httpHost().onChanged((changed) => news.push(changed));
    await vi.waitFor(() => expect(news).toHaveLength(2));
    expect(news).toEqual([
      { cases: ['c1'], lists: [] },
      { cases: [], lists: ['қ'] },
    ]);
    stop();
  });
});

describe('asRefusal', () => {
  it('knows a refusal, also as text; everything else is unknown with its detail', () => {
    expect(asRefusal({ code: 'locked', params: {} }).code).toBe('locked');
    expect(asRefusal('{"code":"disk_full","params":{}}').code).toBe('disk_full');
    expect(asRefusal(new Error('boom'))).toEqual({ code: 'unknown', params: { detail: 'boom' } });
    expect(asRefusal('boom').code).toBe('unknown');
  });
});
