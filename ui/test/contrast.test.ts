// Text is readable in both looks: 4.5:1 for letters, 3:1 for marks.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../src/styles/tokens.css'), 'utf8');

function tokens(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6});/g)].map(([, name, value]) => [name, value]),
  ) as Record<string, string>;
}

const [light = '', dark = ''] = css.split(':root[data-theme="dark"]');
const practice = readFileSync(join(import.meta.dirname, '../src/styles/practice.css'), 'utf8');
const [practiceLight = '', practiceDark = ''] = practice.split(
  ':root[data-practice][data-theme="dark"]',
);
const looks = {
  light: tokens(light),
  dark: { ...tokens(light), ...tokens(dark) },
  'practice, light': { ...tokens(light), ...tokens(practiceLight) },
  'practice, dark': {
    ...tokens(light),
    ...tokens(dark),
    ...tokens(practiceLight),
    ...tokens(practiceDark),
  },
};

function luminance(hex: string): number {
  const full = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join('') : hex.slice(1);
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['paper', 'surface', 'sunk'];
const TEXT: [ink: string, grounds: string[]][] = [
  ['ink', [...GROUNDS, 'accent-soft']],
  ['ink-2', [...GROUNDS, 'accent-soft']],
  ['ink-3', [...GROUNDS, 'accent-soft']],
  ['accent', [...GROUNDS, 'accent-soft']],
  ['late', [...GROUNDS, 'late-soft']],
  ['warn', ['surface', 'sunk', 'warn-soft']],
  ['ok', ['surface', 'ok-soft']],
  ['calm', ['surface', 'calm-soft']],
  ['accent-ink', ['accent', 'accent-hover']],
  ['paper', ['ink']],
];
const MARKS: [mark: string, grounds: string[]][] = [
  ['edge', ['surface', 'paper', 'sunk']],
  ['accent', ['surface', 'paper', 'sunk']],
];

describe.each(Object.entries(looks))('%s', (_look, colour) => {
  const of = (name: string) => {
    const value = colour[name];
    if (value === undefined) throw new Error(`no colour ${name}`);
    return value;
  };
  it.each(TEXT.flatMap(([ink, grounds]) => grounds.map((ground) => [ink, ground] as const)))(
    '%s is readable on %s',
    (ink, ground) => expect(ratio(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5),
  );
  it.each(MARKS.flatMap(([mark, grounds]) => grounds.map((ground) => [mark, ground] as const)))(
    '%s is seen on %s',
    (mark, ground) => expect(ratio(of(mark), of(ground))).toBeGreaterThanOrEqual(3),
  );
});

it('the band of the practice desk is readable, its ground is another one', () => {
  for (const [look, real] of [
    ['practice, light', 'light'],
    ['practice, dark', 'dark'],
  ] as const) {
    const at = looks[look] as Record<string, string>;
    expect(ratio(at['frame-ink'] ?? '', at.frame ?? '')).toBeGreaterThanOrEqual(4.5);
    expect(ratio(at.frame ?? '', at.paper ?? '')).toBeGreaterThanOrEqual(3);
    for (const ground of GROUNDS) {
      expect(at[ground]).not.toBe((looks[real] as Record<string, string>)[ground]);
    }
  }
});

it('a bad pair would be found', () => {
  expect(ratio('#868f99', '#efede7')).toBeLessThan(4.5);
  expect(ratio('#000', '#fff')).toBeCloseTo(21);
});
