// What happened, in the person's words. Words a suggestion rests on are marked under the text.
import { type Ref, useMemo } from 'react';
import type { WhyWord } from '../../backend';
import { t } from '../../i18n';
import { pasteJoined } from '../../kit';
import { foundWords, pieces } from './marks';

export function TroubleText(props: {
  value: string;
  onChange: (value: string) => void;
  onBlur: () => void;
  words: readonly WhyWord[];
  error: string | undefined;
  areaRef: Ref<HTMLTextAreaElement>;
}) {
  const parts = useMemo(() => pieces(props.value, props.words), [props.value, props.words]);
  const marked = parts.some((p) => p.marked);
  return (
    <div className="field trouble" {...(props.error ? { 'data-invalid': true } : {})}>
      <label className="field-label" htmlFor="trouble">
        {t('intake.text.label')} <em>{t('intake.text.hint')}</em>
      </label>
      <div className="field-box">
        <div className="trouble-box">
          <div className="trouble-marks" aria-hidden="true">
            {parts.map((part, index) =>
              part.marked ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no life of their own
                <mark key={index}>{part.text}</mark>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no life of their own
                <span key={index}>{part.text}</span>
              ),
            )}
            {/* A last empty line has a height only with something in it. */}
            {'\u200b'}
          </div>
          <textarea
            id="trouble"
            ref={props.areaRef}
            value={props.value}
            onChange={(event) => props.onChange(event.target.value)}
            onBlur={props.onBlur}
            onPaste={pasteJoined}
            // The officer came here to write: the first thing of an intake is the text.
            // biome-ignore lint/a11y/noAutofocus: see above
            autoFocus
            autoComplete="off"
            spellCheck={false}
            aria-keyshortcuts="Alt+T"
            aria-invalid={props.error ? true : undefined}
            aria-describedby={
              [props.error ? 'trouble-error' : '', marked ? 'trouble-found' : '']
                .filter(Boolean)
                .join(' ') || undefined
            }
          />
        </div>
      </div>
      {props.error ? (
        <p className="field-error" id="trouble-error">
          {props.error}
        </p>
      ) : null}
      {marked ? (
        <p className="sr" id="trouble-found">
          {t('intake.text.found', { words: foundWords(props.value, props.words).join(', ') })}
        </p>
      ) : null}
    </div>
  );
}
