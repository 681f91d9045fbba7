// A draft is saved a moment after the last key, one write at a time, and never loses the newest.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Autosave, type SaveState } from '../autosave';

describe('autosave', () => {
  let saved: string[];
  let states: SaveState['kind'][];
  let fail: boolean;
  let hold: (() => void) | undefined;
  let auto: Autosave<string>;

  beforeEach(() => {
    vi.useFakeTimers();
    saved = [];
    states = [];
    fail = false;
    hold = undefined;
    auto = new Autosave<string>(
      {
        save: async (value) => {
          if (hold) await new Promise<void>((resolve) => (hold = resolve));
          if (fail) throw { code: 'disk_full', params: {} };
          saved.push(value);
          return `at ${saved.length}`;
        },
        tell: (state) => states.push(state.kind),
      },
      null,
    );
  });
  afterEach(() => vi.useRealTimers());

  it('waits for a pause in typing', async () => {
    auto.change('м');
    await vi.advanceTimersByTimeAsync(500);
    auto.change('мо');
    await vi.advanceTimersByTimeAsync(500);
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    expect(saved).toEqual(['мо']);
    expect(states.at(-1)).toBe('idle');
  });

  it('saves at once when asked, also what was typed while it saved', async () => {
    hold = () => undefined;
    auto.change('первое');
    const flushed = auto.flush();
    await vi.advanceTimersByTimeAsync(0);
    auto.change('второе');
    const release = hold;
    hold = undefined;
    release?.();
    await vi.advanceTimersByTimeAsync(0);
    await auto.flush();
    await flushed;
    expect(saved).toEqual(['первое', 'второе']);
  });

  it('keeps what could not be saved and tries again by itself', async () => {
    fail = true;
    auto.change('текст');
    await vi.advanceTimersByTimeAsync(800);
    expect(states.at(-1)).toBe('failed');
    expect(saved).toEqual([]);
    fail = false;
    await vi.advanceTimersByTimeAsync(3000);
    expect(saved).toEqual(['текст']);
    expect(states.at(-1)).toBe('idle');
  });

  it('writes the newest after a failure, not what failed', async () => {
    fail = true;
    auto.change('старое');
    await vi.advanceTimersByTimeAsync(800);
    auto.change('новое');
    fail = false;
    await vi.advanceTimersByTimeAsync(3000);
    expect(saved).toEqual(['новое']);
  });

  it('writes nothing once the draft was finished', async () => {
    auto.change('текст');
    await auto.close();
    await vi.advanceTimersByTimeAsync(5000);
    expect(saved).toEqual([]);
    auto.change('поздно');
    await vi.advanceTimersByTimeAsync(5000);
    expect(saved).toEqual([]);
  });

  it('goes on when finishing failed', async () => {
    await auto.close();
    auto.reopen('текст');
    await vi.advanceTimersByTimeAsync(800);
    expect(saved).toEqual(['текст']);
  });
});
