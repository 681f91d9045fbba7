// React Aria's hidden labels exist in Kazakh for every component the window uses.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hiddenLabels, sayHidden } from '../src/i18n/aria';
import { kazakh } from '../src/i18n/aria-kk';

/** Packages without Kazakh labels, and the components that would need them. */
const LEFT_OUT: Record<string, string[]> = {
  '@react-aria/calendar': ['Calendar', 'RangeCalendar'],
  '@react-aria/color': ['ColorArea', 'ColorField', 'ColorPicker', 'ColorSlider', 'ColorSwatch'],
  '@react-stately/color': ['ColorField', 'ColorPicker'],
  '@react-aria/datepicker': ['DateField', 'DatePicker', 'DateRangePicker', 'TimeField'],
  '@react-stately/datepicker': ['DateField', 'DatePicker', 'DateRangePicker'],
  '@react-aria/dnd': ['useDragAndDrop', 'useDrag', 'useDrop', 'DropZone'],
  '@react-aria/numberfield': ['NumberField'],
  '@react-aria/spinbutton': ['NumberField', 'DateField', 'TimeField'],
  '@react-aria/steplist': ['StepList'],
  '@react-aria/previewtrigger': ['PreviewTrigger'],
};

it('every package has Kazakh labels or no component in use', async () => {
  const english = await hiddenLabels('en');
  const used = usedComponents(join(import.meta.dirname, '../src'));
  expect(used.has('ComboBox')).toBe(true);
  for (const [name, labels] of Object.entries(english)) {
    const ours = kazakh[name];
    if (ours) {
      expect(Object.keys(ours).sort(), name).toEqual(Object.keys(labels).sort());
    } else {
      const needs = LEFT_OUT[name];
      expect(needs, `${name} has no Kazakh labels`).toBeDefined();
      for (const component of needs ?? []) {
        expect(used.has(component), `${component} needs labels of ${name}`).toBe(false);
      }
    }
  }
});

it('Kazakh labels are Kazakh', async () => {
  await sayHidden('kk');
  const page = window as unknown as Record<symbol, unknown>;
  expect(page[Symbol.for('react-aria.i18n.locale')]).toBe('kk-KZ');
  const russian = await hiddenLabels('ru');
  const formatter = {
    number: String,
    plural: (_: number, forms: Record<string, unknown>) => said(forms.other),
    select: (forms: Record<string, unknown>, value: boolean) =>
      said(value ? forms.true : forms.other),
  };
  const args = {
    groupTitle: 'ы',
    optionText: 'ы',
    item: 'ы',
    columnName: 'ы',
    link: 'ы',
    optionCount: 2,
    groupCount: 2,
    value: 2,
    count: 2,
  };
  for (const [name, labels] of Object.entries(kazakh)) {
    for (const [key, label] of Object.entries(labels)) {
      const text = typeof label === 'function' ? label(args, formatter) : label;
      expect(text.replace(/\b(Enter|Delete|Alt)\b/g, ''), `${name} ${key}`).not.toMatch(/[A-Za-z]/);
      expect(label, `${name} ${key}`).not.toBe(russian[name]?.[key]);
    }
  }
});

function said(form: unknown): string {
  return typeof form === 'function' ? String(form()) : String(form);
}

function usedComponents(folder: string): Set<string> {
  const used = new Set<string>();
  const walk = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.tsx?$/.test(entry.name)) {
        const source = readFileSync(path, 'utf8');
        for (const [, names = ''] of source.matchAll(
          /import(?: type)? \{([^}]+)\} from 'react-aria(?:-components)?(?:\/\w+)?'/g,
        )) {
          for (const name of names.split(',')) used.add(name.trim().split(' ')[0] ?? '');
        }
      }
    }
  };
  walk(folder);
  return used;
}
