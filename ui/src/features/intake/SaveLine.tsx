// Whether what is typed is safe, in words. A failure stays until it is over.
import { t } from '../../i18n';
import { dayOf, moment, time } from '../../i18n/dates';
import { ErrorNote } from '../../kit';
import type { SaveState } from './autosave';

export function SaveLine(props: { save: SaveState; blank: boolean; onRetry: () => void }) {
  const { save } = props;
  if (save.kind === 'failed') {
    return <ErrorNote error={save.error} safe={t('intake.saved.failed')} onRetry={props.onRetry} />;
  }
  // No live region: a reader that speaks at every pause of typing would be in the way.
  return (
    <p className="s save-line">
      {save.savedAt && !props.blank
        ? t('intake.saved.at', { time: said(save.savedAt) })
        : t('intake.saved.never')}
    </p>
  );
}

function said(at: string): string {
  return dayOf(at) === dayOf(new Date()) ? time(at) : moment(at);
}
