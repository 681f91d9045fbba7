// “I do not know” is an answer: the case stays here, and somebody answers for it by name.
import { t } from '../../i18n';
import { Combo } from '../../kit';
import { useColleagues } from '../case/useColleagues';
import type { PaneProps } from './OutcomeCard';

export function UndecidedPane(props: PaneProps) {
  const { form, change } = props;
  const { me, officers } = useColleagues();
  return (
    <div className="pane">
      <p className="s">{t('intake.undecided.text')}</p>
      <Combo
        name="intake.undecided.who"
        label={t('intake.undecided.who')}
        items={officers}
        value={form.undecided?.controller ?? me}
        onChange={(controller) => change((f) => ({ ...f, undecided: { controller } }))}
      />
    </div>
  );
}
