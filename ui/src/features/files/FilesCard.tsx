// Files of a case or of an intake in the hand. Nothing of a file itself is ever drawn here: it came from a stranger,
// and is opened in the system's viewer. Of a picture the core draws a small one anew.
import {
  FileArchive,
  FileHeadphone,
  File as FileIcon,
  FileImage,
  FilePlay,
  FileText,
  Paperclip,
} from 'lucide-react';
import { type ReactNode, useRef, useSyncExternalStore } from 'react';
import type { AttachmentLine, AttachTo, Travel } from '../../backend';
import { useCommand } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, ErrorNote, Fold, Note } from '../../kit';
import { FileActs } from './FileActs';
import './files.css';
import { Scans } from './Scans';
import { Sendings } from './Sendings';
import { readSending, sameTarget, send, subscribeSending } from './sending';
import { named, useDropped } from './useDropped';
import { kindOf, sizeText } from './words';

export function FilesCard(props: {
  to: AttachTo;
  /** Files may be put here. */
  open: boolean;
  /** The crime branch: files go with the draft (`settled.md` 2). */
  crime?: boolean;
  /** The card is in a dialog: what is dropped is meant for it. */
  inDialog?: boolean;
}) {
  const { to, open } = props;
  const { data, error, refetch } = useCommand('attachment_list', to);
  const sending = useSyncExternalStore(subscribeSending, readSending).filter((s) =>
    sameTarget(s.to, to),
  );
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: Parameters<typeof send>[1]) => send(to, files, data?.bytes_max);
  const over = useDropped(open, take, props.inDialog);
  const files = data?.files ?? [];
  const kept = files.filter((f) => !f.withdrawn);
  const gone = files.filter((f) => f.withdrawn);
  if (!open && files.length === 0) return error ? <ErrorNote error={error} /> : null;
  return (
    <Card
      className="files"
      title={t('files.title')}
      aside={
        open ? (
          <>
            <input
              ref={picker}
              className="file-picker"
              type="file"
              multiple
              tabIndex={-1}
              aria-hidden="true"
              onChange={(event) => {
                take([...(event.target.files ?? [])].map(named));
                // The same file again is a change again.
                event.target.value = '';
              }}
            />
            <Button small onPress={() => picker.current?.click()}>
              <Paperclip aria-hidden="true" /> {t('files.add')}
            </Button>
          </>
        ) : null
      }
    >
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {props.crime && kept.length + sending.length > 0 ? (
        <Note tone="warn">{t('files.crime')}</Note>
      ) : null}
      <ul className={kept.some((file) => file.preview) ? 'rows pictured' : 'rows'}>
        {kept.map((file) => (
          <li key={file.id}>
            <FileRow file={file} all={files} to={to} open={open} noteMax={data?.note_max ?? 200} />
          </li>
        ))}
      </ul>
      <Sendings sending={sending} />
      {open ? <Scans to={to} sending={sending} inDialog={props.inDialog ?? false} /> : null}
      {gone.length > 0 ? <Gone files={gone} /> : null}
      {open && files.length + sending.length > 0 ? (
        <p className="s files-hint">{t('files.hint')}</p>
      ) : null}
      {open && kept.some(isSheet) ? <p className="s files-hint">{t('files.cover.hint')}</p> : null}
      {over ? (
        <div className="drop-veil" aria-hidden="true">
          <p>{t(`files.drop_${to.to === 'draft' ? 'intake' : to.to}`)}</p>
        </div>
      ) : null}
    </Card>
  );
}

/** Something to look at, of which nobody can cover a part here. */
function isSheet(file: AttachmentLine): boolean {
  return !file.can_cover && ['image', 'pdf', 'office'].includes(kindOf(file.media_type));
}

const ICONS = {
  image: FileImage,
  video: FilePlay,
  audio: FileHeadphone,
  pdf: FileText,
  text: FileText,
  office: FileText,
  archive: FileArchive,
  other: FileIcon,
};

function FileRow(props: {
  file: AttachmentLine;
  all: readonly AttachmentLine[];
  to: AttachTo;
  open: boolean;
  noteMax: number;
}) {
  const { file, to } = props;
  const kind = kindOf(file.media_type);
  const Icon = ICONS[kind];
  const about = [
    t(`files.kind.${kind}`),
    sizeText(file.bytes),
    ...(to.to !== 'draft' ? [moment(file.at), to.to === 'case' ? file.who : ''] : []),
  ];
  return (
    <div className="row file">
      <Picture file={file} to={to} icon={<Icon className="file-icon" aria-hidden="true" />} />
      <div className="file-what">
        <p className="t file-name" translate="no">
          {file.name}
        </p>
        <p className="m">{about.filter(Boolean).join(' · ')}</p>
        {file.note ? <p className="said-line">{file.note}</p> : null}
        <CoverLine file={file} all={props.all} />
        <TravelLine travel={file.travel} />
      </div>
      <FileActs file={file} to={to} open={props.open} noteMax={props.noteMax} />
    </div>
  );
}

/** Whose copy it is, or that there is one: which of the two goes is said before anybody chooses. */
function CoverLine(props: { file: AttachmentLine; all: readonly AttachmentLine[] }) {
  const { file, all } = props;
  const original = all.find((f) => f.id === file.covered_of)?.name;
  return (
    <>
      {file.covered_of ? (
        <p className="s">
          {original ? t('files.covered_of', { name: original }) : t('files.covered')}
        </p>
      ) : null}
      {file.has_covered ? <p className="s">{t('files.has_covered')}</p> : null}
    </>
  );
}

/** The small picture beside the name, which says what it is; an icon until it is here. */
function Picture(props: { file: AttachmentLine; to: AttachTo; icon: ReactNode }) {
  const { preview } = props.file;
  const { data } = useCommand(
    'attachment_preview',
    { to: props.to, id: preview ?? '' },
    { enabled: preview !== null },
  );
  return (
    <div className="file-picture">
      {data?.jpeg ? <img alt="" src={`data:image/jpeg;base64,${data.jpeg}`} /> : props.icon}
    </div>
  );
}

/** Where the bytes are on their way, in words. Nothing is said of what stays here. */
function TravelLine(props: { travel: Travel }) {
  const { travel } = props;
  switch (travel.at) {
    case 'stays':
      return null;
    case 'waits':
      return (
        <p className="s">
          {travel.why
            ? tCode(`files.travel.why.${travel.why}`, t('files.travel.waits'))
            : t('files.travel.waits')}
        </p>
      );
    case 'goes':
      return <p className="s">{t('files.travel.goes', { done: travel.done, of: travel.of })}</p>;
    case 'comes':
      return (
        <p className="s">
          {travel.of === 0
            ? t('files.travel.asked')
            : t('files.travel.comes', { done: travel.done, of: travel.of })}
        </p>
      );
    default:
      return <p className="s">{t(`files.travel.${travel.at}`)}</p>;
  }
}

/** What was taken back: that it was here stays. */
function Gone(props: { files: AttachmentLine[] }) {
  return (
    <Fold
      name="files.gone"
      className="files-gone"
      summary={t('files.gone', { n: props.files.length })}
    >
      {() => (
        <ul>
          {props.files.map((file) => (
            <li key={file.id} className="m">
              <span translate="no">{file.name}</span>
              {file.withdrawn
                ? `: ${[file.withdrawn.reason, moment(file.withdrawn.at), file.withdrawn.who]
                    .filter(Boolean)
                    .join(' · ')}`
                : ''}
            </li>
          ))}
        </ul>
      )}
    </Fold>
  );
}
