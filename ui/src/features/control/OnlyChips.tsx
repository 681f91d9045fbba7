// What is left out of the list stands above it, each with a way back.
import { X } from 'lucide-react';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import { Button } from '../../kit';
import { useColleagues } from '../case/useColleagues';
import type { Book } from '../intake/form';
import { bodyName, themeName } from '../intake/useBook';
import type { Only } from './only';

export function OnlyChips(props: { only: Only; book: Book; onChange: (only: Only) => void }) {
  const { only, book, onChange } = props;
  const { officers } = useColleagues();
  const chips: { drop: Partial<Only>; text: string }[] = [];
  if (only.officer) {
    const officer = officers.find((o) => o.id === only.officer);
    chips.push({ drop: { officer: null }, text: officer?.label ?? t('control.only.officer') });
  }
  if (only.agency) chips.push({ drop: { agency: null }, text: bodyName(book, only.agency) });
  if (only.category) chips.push({ drop: { category: null }, text: themeName(book, only.category) });
  if (only.from !== null || only.until !== null) {
    const [from, until] = [only.from, only.until].map((iso) => (iso ? fullDay(iso) : '…'));
    const text = t('control.only.days', { from: from ?? '', until: until ?? '' });
    chips.push({ drop: { from: null, until: null }, text });
  }
  if (chips.length === 0) return null;
  return (
    <ul className="only-chips" aria-label={t('control.only.now')}>
      {chips.map((chip) => (
        <li key={chip.text}>
          <Button
            small
            label={t('control.only.drop', { what: chip.text })}
            onPress={() => onChange({ ...only, ...chip.drop })}
          >
            {chip.text} <X aria-hidden="true" />
          </Button>
        </li>
      ))}
    </ul>
  );
}
