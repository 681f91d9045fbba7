// The register of a period: which one, then the paper itself.
import type { Journal } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import { Button, Dialog, Field, PillRadios } from '../../kit';
import { useKept } from '../../shell/kept';
import { may } from '../../shell/state';
import { PaperDialog } from '../case/PaperDialog';
import { anyDay, typedDay } from '../intake/day';
import { type Period, periodOf } from './period';

const JOURNALS: readonly Journal[] = ['appeals', 'oral', 'requests', 'redirects', 'prints'];

export function RegisterDialog(props: { today: string; onClose: () => void }) {
  const { today, onClose } = props;
  const [period, setPeriod] = useKept<Period>('register.period', 'month');
  const [typed, setTyped] = useKept('register.typed', () => {
    const { from, until } = periodOf('month', today);
    return { from: typedDay(from), until: typedDay(until) };
  });
  const [journal, setJournal] = useKept<Journal>('register.journal', 'appeals');
  const [shown, setShown] = useKept('register.shown', false);
  const state = useCommand('app_state', {}).data;
  const administers = state !== undefined && may(state, 'administer');
  const days = {
    from: anyDay(typed.from, today),
    until: anyDay(typed.until, today),
  };
  const backwards = days.from !== null && days.until !== null && days.from > days.until;

  function choose(next: Period): void {
    setPeriod(next);
    if (next === 'other') return;
    const { from, until } = periodOf(next, today);
    setTyped({ from: typedDay(from), until: typedDay(until) });
  }

  if (shown && days.from && days.until) {
    return (
      <PaperDialog
        paper={{
          of: {
            of: 'register',
            from: days.from,
            until: days.until,
            ...(journal === 'appeals' ? {} : { journal }),
          },
          name: t('paper.journal.of', {
            journal: t(`paper.journal.${journal}`),
            from: fullDay(days.from),
            until: fullDay(days.until),
          }),
        }}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('paper.register.title')}
      foot={
        <>
          <Button onPress={onClose}>{t('kit.close')}</Button>
          <Button
            primary
            disabled={!days.from || !days.until || backwards}
            onPress={() => setShown(true)}
          >
            {t('paper.see')}
          </Button>
        </>
      }
    >
      <div className="stack">
        <PillRadios
          label={t('paper.journal')}
          value={journal}
          onChange={(next) => setJournal(next as Journal)}
          autoFocus
          options={JOURNALS.filter((id) => id !== 'prints' || administers).map((id) => ({
            id,
            label: t(`paper.journal.${id}`),
          }))}
        />
        <PillRadios
          label={t('paper.register.period')}
          value={period}
          onChange={(next) => choose(next as Period)}
          options={(['today', 'month', 'last_month', 'other'] as const).map((id) => ({
            id,
            label: t(`paper.register.${id}`),
          }))}
        />
        {(['from', 'until'] as const).map((side) => (
          <Field
            key={side}
            label={t(`paper.register.${side}`)}
            value={typed[side]}
            onChange={(value) => {
              setPeriod('other');
              setTyped((old) => ({ ...old, [side]: value }));
            }}
            {...(days[side] === null && typed[side].trim() !== ''
              ? { error: t('paper.register.bad') }
              : side === 'until' && backwards
                ? { error: t('error.period_backwards') }
                : {})}
          />
        ))}
        <p className="m">{t('paper.register.note')}</p>
      </div>
    </Dialog>
  );
}
