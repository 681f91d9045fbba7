// Which of the files go with a request: none unless the officer chose it. What looks like a copy of an identity document,
// and an original of which there is a covered copy, is not even offered at once.
import { useState } from 'react';
import type { AttachmentLine, AttachTo, Enclosure, NotGiven } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Button, ErrorNote, Note, PillChecks, Tag } from '../../kit';
import { kindOf, sizeText } from './words';

export function FilesGo(props: {
  to: AttachTo;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  /** Why none may go, in a code: then nothing is chosen from. */
  stay?: string | null | undefined;
}) {
  const { data } = useCommand('attachment_list', props.to);
  const [all, setAll] = useState(false);
  const [originals, setOriginals] = useState(false);
  const files = (data?.files ?? []).filter((f) => !f.withdrawn);
  const left = files.filter((f) => !props.chosen.includes(f.id));
  const bare = originals ? [] : left.filter((f) => f.has_covered);
  const doubtful = all ? [] : left.filter((f) => f.identity && !bare.includes(f));
  const offered = files.filter((f) => !doubtful.includes(f) && !bare.includes(f));
  const there = props.chosen.filter((id) => files.some((f) => f.id === id));
  const chosen = there.flatMap((id) => files.filter((f) => f.id === id));
  const rest = files.length - there.length;
  const notGiven = useNotGiven(props.to, there);
  if (files.length === 0) return null;
  return (
    <div className="files-go">
      {offered.length > 0 ? (
        <PillChecks
          label={t('files.go')}
          aside={t('files.go_aside')}
          value={there}
          onChange={props.onChange}
          options={offered.map((f) => ({ id: f.id, label: pill(f) }))}
        />
      ) : null}
      {bare.length > 0 ? (
        <p className="s">
          {t('files.go_covered', { n: bare.length })}{' '}
          <Button quiet small onPress={() => setOriginals(true)}>
            {t('files.go_show')}
          </Button>
        </p>
      ) : null}
      {doubtful.length > 0 ? (
        <p className="s">
          {t('files.go_doubtful', { n: doubtful.length })}{' '}
          <Button quiet small onPress={() => setAll(true)}>
            {t('files.go_show')}
          </Button>
        </p>
      ) : null}
      {props.stay && there.length > 0 ? (
        <Note tone="warn">
          <p className="t">{tCode(`error.${props.stay}`, t('error.unknown'))}</p>
          <p>{tCode(`error.${props.stay}.do`, '')}</p>
        </Note>
      ) : null}
      <OriginalNote files={files} chosen={there} onChange={props.onChange} />
      {chosen.some((f) => f.can_cover && !f.covered_of && !f.has_covered) ? (
        <p className="s">{t('files.go_cover')}</p>
      ) : null}
      <NotGivenNote files={chosen} why={notGiven} />
      <ElsewhereNote to={props.to} files={chosen.filter((f) => !f.here)} />
      {rest > 0 ? <p className="s">{t('files.stay', { n: rest })}</p> : null}
    </div>
  );
}

function pill(file: AttachmentLine): string {
  return file.note ? `${file.name}: ${file.note}` : file.name;
}

type Why = ReadonlyMap<string, NotGiven>;

/** Which of these the body will not be given, as far as it can be told here: looked through by the rule the region has. */
function useNotGiven(to: AttachTo, ids: readonly string[]): Why {
  const { data } = useCommand(
    'attachments_not_given',
    { to, ids: [...ids] },
    { enabled: ids.length > 0, keep: true },
  );
  return new Map(data?.files.map(({ id, why }) => [id, why]));
}

/** Each that will not be given, why, and what to do. */
function NotGivenNote(props: { files: readonly AttachmentLine[]; why: Why }) {
  const kept = props.files.filter((f) => props.why.has(f.id));
  if (kept.length === 0) return null;
  return (
    <div role="status">
      <Note tone="warn">
        {kept.map((f) => (
          <p key={f.id} className="t">
            {t(`files.not_given.${props.why.get(f.id) ?? 'told'}`, { name: f.name })}
          </p>
        ))}
        <p>{t('files.not_given.do')}</p>
      </Note>
    </div>
  );
}

/** Chosen as it is, though there is a covered copy of it: said, with the other way one press away. */
function OriginalNote(props: {
  files: readonly AttachmentLine[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  const { files, chosen } = props;
  const bare = files.filter((f) => f.has_covered && chosen.includes(f.id));
  if (bare.length === 0) return null;
  const swap = () => {
    const copies = bare.flatMap((f) => files.findLast((c) => c.covered_of === f.id)?.id ?? []);
    const stay = chosen.filter((id) => !bare.some((f) => f.id === id));
    props.onChange([...new Set([...stay, ...copies])]);
  };
  return (
    <div role="status">
      <Note tone="warn">
        {bare.map((f) => (
          <p key={f.id} className="t">
            {t('files.go_original', { name: f.name })}
          </p>
        ))}
        <div className="note-act">
          <Button small onPress={swap}>
            {t('files.go_swap')}
          </Button>
        </div>
      </Note>
    </div>
  );
}

/** Where the bytes of a file are that does not lie on this computer. */
const ELSEWHERE = ['expected', 'comes', 'there'] as const;

/** Each that does not lie here: where it is, what becomes of the request, and how to get it. */
function ElsewhereNote(props: { to: AttachTo; files: readonly AttachmentLine[] }) {
  const { to, files } = props;
  const fetch = useAction('attachment_fetch');
  if (files.length === 0) return null;
  const where = (f: AttachmentLine) => ELSEWHERE.find((at) => at === f.travel.at) ?? 'stays';
  const comes = files.filter((f) => where(f) !== 'stays');
  const fetched = comes.filter((f) => where(f) === 'there');
  return (
    <div role="status">
      <Note {...(comes.length < files.length ? { tone: 'warn' as const } : {})}>
        {files.map((f) => (
          <p key={f.id} className="t">
            {t(`files.elsewhere.${where(f)}`, { name: f.name })}
          </p>
        ))}
        {comes.length > 0 ? <p>{t('files.elsewhere.do')}</p> : null}
        {fetched.length > 0 ? (
          <Button
            small
            pending={fetch.isPending}
            onPress={() => {
              for (const { id } of fetched) fetch.mutate({ to, id });
            }}
          >
            {t('files.fetch')}
          </Button>
        ) : null}
        <ErrorNote error={fetch.error} safe={t('files.safe')} />
      </Note>
    </div>
  );
}

/** Exactly the files that go, each with what it is; said honestly when their bytes go, and which will not be given. */
export function FilesLeave(props: { to: AttachTo; files: readonly Enclosure[] }) {
  const notGiven = useNotGiven(
    props.to,
    props.files.map((f) => f.id),
  );
  const { data } = useCommand('attachment_list', props.to, { enabled: props.files.length > 0 });
  const elsewhere = new Set(data?.files.filter((f) => !f.here).map((f) => f.id));
  const bare = new Set(data?.files.filter((f) => f.has_covered).map((f) => f.id));
  if (props.files.length === 0) return null;
  return (
    <div className="files-leave">
      <p className="t">{t('files.leave', { n: props.files.length })}</p>
      <ul>
        {props.files.map((file) => (
          <li key={file.id}>
            <span className="file-name" translate="no">
              {file.name}
            </span>{' '}
            <span className="m">
              {[t(`files.kind.${kindOf(file.media_type)}`), sizeText(file.bytes), file.note]
                .filter(Boolean)
                .join(' · ')}
            </span>{' '}
            {bare.has(file.id) ? <Tag tone="warn">{t('files.original')}</Tag> : null}
            {notGiven.has(file.id) ? <Tag tone="warn">{t('files.not_given')}</Tag> : null}
            {elsewhere.has(file.id) ? <Tag>{t('files.elsewhere')}</Tag> : null}
          </li>
        ))}
      </ul>
      <p className="s">{t('files.leave_later')}</p>
    </div>
  );
}

/** The chosen lines as they would go. */
export function asEnclosures(
  files: readonly AttachmentLine[],
  ids: readonly string[],
): Enclosure[] {
  return files.filter((f) => !f.withdrawn && ids.includes(f.id));
}
