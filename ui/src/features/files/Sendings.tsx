// Files that are not kept yet: on their way, asked about, refused.
import { t } from '../../i18n';
import { Button, ErrorNote, Note } from '../../kit';
import { isNone, letGo, type Sending, sendAgain } from './sending';

/** What trying again cannot help. */
const FINAL = [
  'attachment_program',
  'attachment_too_large',
  'attachment_empty',
  'attachment_unreadable',
  // The list has it as it is now.
  'scan_changed',
  'scan_gone',
  'forbidden',
];

export function Sendings(props: { sending: readonly Sending[] }) {
  return props.sending.map((one) => <One key={one.id} one={one} />);
}

function One(props: { one: Sending }) {
  const { one } = props;
  if (one.state === 'asks') {
    return (
      <Note tone="warn" live>
        <p className="t">
          {t('files.identity.title')} <FileName name={one.name} />
        </p>
        <p>{t('files.identity.text')}</p>
        <div className="note-act fx wrap">
          <Button small autoFocus onPress={() => letGo(one.id)}>
            {t('files.identity.leave')}
          </Button>
          <Button small onPress={() => isNone(one.id)}>
            {t('files.identity.none')}
          </Button>
        </div>
      </Note>
    );
  }
  if (one.state === 'failed') {
    const final = FINAL.includes(one.error?.code ?? '');
    return (
      <div className="file-failed">
        <p className="t">
          {t('files.failed')} <FileName name={one.name} />
        </p>
        <ErrorNote
          error={one.error}
          safe={t('files.failed_safe')}
          {...(final ? {} : { onRetry: () => sendAgain(one.id) })}
        />
        <Button small quiet onPress={() => letGo(one.id)}>
          {t('files.dismiss')}
        </Button>
      </div>
    );
  }
  const share = one.bytes > 0 ? Math.round((100 * one.sent) / one.bytes) : 0;
  return (
    <div className="row file-sends">
      <p>
        {t('files.sends')} <FileName name={one.name} />
      </p>
      <progress max={100} value={share} aria-label={t('files.sends_one', { name: one.name })} />
    </div>
  );
}

function FileName(props: { name: string }) {
  return (
    <span className="file-name" translate="no">
      {props.name}
    </span>
  );
}
