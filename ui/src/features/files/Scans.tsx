// New files of the scanner's folder, offered where files are attached.
import { ScanLine } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { AttachTo, ScanFile, ScanLook } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, ErrorNote, Fold, Note, toast } from '../../kit';
import { refusalText } from '../../kit/Note';
import { bindKeys } from '../../shell/keys';
import { type Sending, sendScan } from './sending';
import { windowIsOpen } from './useDropped';
import { sizeText } from './words';

/** How often the folder is looked into while the card is in front. */
const EVERY_MS = 2_500;
/** Rows that are drawn without being asked for. */
const ROWS = 3;

interface Props {
  to: AttachTo;
  sending: readonly Sending[];
  /** Inside a dialog of its own: the keys are this card's. */
  inDialog?: boolean;
}

export function Scans(props: Props) {
  const { data } = useCommand('scan_look', {});
  return data?.folder ? <Watched {...props} /> : null;
}

function Watched(props: Props) {
  const { data } = useCommand('scan_look', {}, { refetchInterval: EVERY_MS });
  return data ? <Offers {...props} look={data} /> : null;
}

function Offers(props: Props & { look: ScanLook }) {
  const { to, look } = props;
  const busy = new Set(props.sending.flatMap((s) => (s.scan ? [s.scan.name] : [])));
  const files = look.files.filter((file) => !busy.has(file.name));
  const first = files[0];
  const now = useRef<() => void>(() => undefined);
  now.current = () => {
    if (first && !windowIsOpen(props.inDialog)) sendScan(to, first);
  };
  useEffect(() => bindKeys({ 'Alt+KeyF': () => now.current() }), []);
  if (look.problem) {
    return (
      <Note tone="warn">
        <p className="t">{refusalText(look.problem)}</p>
        <p>{t('scan.problem_do')}</p>
      </Note>
    );
  }
  const fresh = files.filter((file) => file.fresh).length;
  const shown = Math.max(1, Math.min(ROWS, fresh));
  const rest = files.slice(shown);
  const quiet = files.length === 0 && look.writing === 0 && look.left === 0;
  return (
    <div className="scans" hidden={quiet}>
      <p className="s scans-head">{t('scan.title')}</p>
      <div role="status" className="scans-said">
        {look.writing > 0 ? t('scan.writing', { n: look.writing }) : null}
        {fresh > 0 ? <span className="sr">{t('scan.fresh', { n: fresh })}</span> : null}
      </div>
      <ul className="rows">
        {files.slice(0, shown).map((file, n) => (
          <li key={file.name}>
            <Offer file={file} to={to} remove={look.remove} keyed={n === 0} />
          </li>
        ))}
      </ul>
      {rest.length > 0 ? (
        <Fold
          name="files.scans"
          className="files-gone"
          summary={t('scan.more', { n: rest.length + look.more })}
        >
          <ul className="rows">
            {rest.map((file) => (
              <li key={file.name}>
                <Offer file={file} to={to} remove={look.remove} />
              </li>
            ))}
          </ul>
          {look.more > 0 ? <p className="m">{t('scan.too_many', { n: look.more })}</p> : null}
        </Fold>
      ) : null}
      <Left n={look.left} />
    </div>
  );
}

function Offer(props: { file: ScanFile; to: AttachTo; remove: boolean; keyed?: boolean }) {
  const { file } = props;
  return (
    <div className="row file">
      <ScanLine className="file-icon" aria-hidden="true" />
      <div className="file-what">
        <p className="t file-name" translate="no">
          {file.name}
        </p>
        <p className="m">
          {[moment(file.at), sizeText(file.bytes), file.fresh ? t('scan.new') : '']
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <div className="file-acts">
        <Button
          small
          label={t('scan.attach_one', { name: file.name })}
          {...(props.keyed ? { kbd: 'Alt+F' } : {})}
          onPress={() => sendScan(props.to, file)}
        >
          {t(props.remove ? 'scan.attach_remove' : 'scan.attach')}
        </Button>
      </div>
    </div>
  );
}

/** What was attached and lies in the folder still: readable there by anybody. */
export function Left(props: { n: number }) {
  const clear = useAction('scan_clear');
  if (props.n === 0) return null;
  return (
    <div className="scans-left">
      <Note tone="warn">
        <p>{t('scan.left', { n: props.n })}</p>
        <div className="note-act">
          <Button
            small
            pending={clear.isPending}
            onPress={() =>
              clear.mutate(
                {},
                { onSuccess: ({ removed }) => toast(t('scan.cleared', { n: removed })) },
              )
            }
          >
            {t('scan.clear')}
          </Button>
        </div>
      </Note>
      <ErrorNote error={clear.error} safe={t('files.safe')} />
    </div>
  );
}
