// The beat: an address by hand, a file of them, and those where a case is open.
import { type FormEvent, useRef, useState } from 'react';
import type { RoundImported, RoundSuggestion } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Button, Card, ErrorNote, Field, focusWithin, Note, Pill } from '../../kit';
import { undoLast } from '../../kit/Toast';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { decode } from './words';

const ADDRESS_MAX = 200;

export function KeepCard(props: { today: string; suggested: readonly RoundSuggestion[] }) {
  const add = useAction('round_add');
  const bring = useAction('round_import');
  const [address, setAddress] = useKept('round.keep.address', '');
  const [note, setNote] = useKept('round.keep.note', '');
  const [today, setToday] = useKept('round.keep.today', true);
  const [brought, setBrought] = useState<RoundImported>();
  const first = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);

  const put = () => {
    if (add.isPending || address.trim() === '') return;
    add.mutate(
      { address, note, day: today ? props.today : null },
      {
        onSuccess: (answer) => {
          toastDone(
            t(answer.known ? 'round.known' : 'round.added', { address: address.trim() }),
            answer.undo,
          );
          // On a slow disk one may have typed on or gone to a door: neither is taken away.
          setAddress((now) => (now === address ? '' : now));
          setNote((now) => (now === note ? '' : now));
          focusWithin(first.current?.form, first.current);
        },
      },
    );
  };
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    setBrought(undefined);
    bring.mutate(
      { text: decode(await chosen.arrayBuffer()) },
      {
        onSuccess: (answer) => {
          setBrought(answer);
          // Without one nothing was added, and the card says why.
          if (!answer.undo) return;
          toastDone(t('round.file.added', { n: answer.added }), answer.undo, () =>
            setBrought(undefined),
          );
        },
      },
    );
  };

  return (
    <Card padded title={t('round.keep')}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          put();
        }}
        onKeyDown={(event) => {
          // The fields were emptied by what was just added: nothing in them is theirs to take back.
          const undo = event.ctrlKey && !event.shiftKey && event.code === 'KeyZ' && !event.repeat;
          if (undo && address === '' && note === '' && undoLast()) event.preventDefault();
        }}
      >
        <Field
          label={t('round.address')}
          placeholder={t('round.address.placeholder')}
          value={address}
          onChange={setAddress}
          maxLength={ADDRESS_MAX}
          inputRef={first}
          keys="Alt+A"
        />
        <Field
          label={t('round.place_note')}
          aside={t('round.place_note.aside')}
          value={note}
          onChange={setNote}
        />
        <div className="fx wrap">
          <Button type="submit" pending={add.isPending}>
            {t('round.add')}
          </Button>
          <Pill selected={today} onChange={setToday}>
            {t('round.for_today')}
          </Pill>
        </div>
        <ErrorNote error={add.error} onRetry={put} />
      </form>
      {props.suggested.length > 0 ? (
        <section className="round-more" aria-labelledby="round-suggested">
          <h3 id="round-suggested">{t('round.suggested')}</h3>
          <ul>
            {props.suggested.map((one) => (
              <li key={one.address}>
                <span>
                  {one.address} <span className="m num">{one.numbers.join(', ')}</span>
                </span>
                <Button
                  small
                  quiet
                  label={t('round.add_one', { address: one.address })}
                  onPress={() =>
                    add.mutate(
                      { address: one.address, note: '', day: props.today },
                      {
                        onSuccess: ({ undo }) =>
                          toastDone(t('round.added', { address: one.address }), undo),
                      },
                    )
                  }
                >
                  {t('round.add')}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section className="round-more" aria-labelledby="round-file">
        <h3 id="round-file">{t('round.file')}</h3>
        <p className="m">{t('round.file.how')}</p>
        <input
          ref={file}
          className="sr"
          type="file"
          accept=".csv,.txt,.tsv,text/csv,text/plain"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            void read(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <Button small pending={bring.isPending} onPress={() => file.current?.click()}>
          {t('round.file.choose')}
        </Button>
        <div role="status">
          {brought ? (
            <Note tone={brought.wrong.length > 0 ? 'warn' : 'ok'}>
              <p>{t('round.file.done', { added: brought.added, known: brought.known })}</p>
              {brought.wrong.slice(0, 10).map((line) => (
                <p key={line.line}>
                  {t('round.file.wrong', {
                    n: line.line,
                    why: tCode(`round.file.why.${line.why}`, t('round.file.why.empty')),
                  })}
                </p>
              ))}
            </Note>
          ) : null}
        </div>
        <ErrorNote error={bring.error} />
      </section>
    </Card>
  );
}
