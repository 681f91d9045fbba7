// A place to write with ready words below it: shut until wanted, one press puts a text in, and what is left to fill is selected.
import { type RefObject, useRef, useState } from 'react';
import type { CaseView } from '../../backend';
import { useCommand } from '../../backend/query';
import { language, t } from '../../i18n';
import { Button, Fold, TextArea } from '../../kit';

/** What is left for the officer to fill in a ready text. */
const BLANK = '…';

interface Props {
  view: CaseView;
  /** The moment of the case; none = no words are offered yet. */
  moment: string | null;
  /** The referral they are about. */
  referral?: string;
  /** They are for the applicant, so in the language he speaks; else in that of the screen. */
  toApplicant?: boolean;
  label: string;
  autoFocus?: boolean;
  value: string;
  onChange: (value: string) => void;
}

export function ReadyText(props: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <TextArea
        label={props.label}
        rows={2}
        autoFocus={props.autoFocus ?? false}
        areaRef={area}
        value={props.value}
        onChange={props.onChange}
      />
      {props.moment === null ? null : <ReadyWords {...props} moment={props.moment} area={area} />}
    </>
  );
}

function ReadyWords(
  props: Props & { moment: string; area: RefObject<HTMLTextAreaElement | null> },
) {
  const { area, view, value, moment } = props;
  const found = useCommand('replies', { case: view.id, moment, referral: props.referral ?? null });
  const [other, setOther] = useState(false);
  const texts = found.data?.texts ?? [];
  if (texts.length === 0) return null;
  const kazakh = inKazakh(props.toApplicant ? view.language : '') !== other;
  const put = (words: string) => {
    const before = value.trim();
    const text = before === '' ? words : `${before}\n${words}`;
    props.onChange(text);
    const blank = text.indexOf(BLANK, before.length);
    const [from, until] = blank < 0 ? [text.length, text.length] : [blank, blank + BLANK.length];
    // Once the box has the text.
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from, until);
    });
  };
  return (
    <Fold name="case.ready" className="ready-words" summary={t('case.ready.title')}>
      <ul className="stack">
        {texts.map((one) => (
          <li key={one.code}>
            <button
              type="button"
              lang={kazakh ? 'kk' : 'ru'}
              onClick={(event) => {
                // Chosen: the rest of the dialog comes into sight again.
                event.currentTarget.closest('details')?.removeAttribute('open');
                put(kazakh ? one.kk : one.ru);
              }}
            >
              {kazakh ? one.kk : one.ru}
            </button>
          </li>
        ))}
      </ul>
      <Button small quiet onPress={() => setOther(!other)}>
        {t(kazakh ? 'case.ready.in_ru' : 'case.ready.in_kk')}
      </Button>
    </Fold>
  );
}

function inKazakh(spoken: string): boolean {
  return spoken === 'kk' || spoken === 'ru' ? spoken === 'kk' : language() === 'kk';
}
