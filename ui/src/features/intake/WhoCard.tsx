// Who came and where the trouble is: one line each, more only when it is wanted.
import { type ReactNode, type Ref, useState } from 'react';
import type { IntakeForm, KnownPerson, Party, Suggestion, WhoRead } from '../../backend';
import { t, tCode } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Button, Card, Field, Kbd, Pill, PillChecks, PillRadios, Tag } from '../../kit';
import type { Change } from './dropped';
import { CIRCUMSTANCES, signsFound, toggleCircumstance } from './form';
import { emptyParty, signsOf, takeOver } from './who';

export function WhoCard(props: {
  form: IntakeForm;
  change: Change;
  read: WhoRead | undefined;
  suggestion: Suggestion | undefined;
  /** Another person was put into the party than the line says. */
  onTaken: (line: string) => void;
  whoRef: Ref<HTMLInputElement>;
  whereRef: Ref<HTMLInputElement>;
}) {
  const { form, change, read } = props;
  const [more, setMore] = useState(false);
  const person = form.applicant;
  const edit = (patch: Partial<Party>) =>
    change((f) => ({ ...f, applicant: { ...f.applicant, ...patch } }));
  return (
    <Card padded className="who-card">
      <div className="who-lines">
        <div>
          <Field
            label={t('intake.who.label')}
            aside={t('intake.who.hint')}
            placeholder={t('intake.who.placeholder')}
            value={form.who_line}
            onChange={(who_line) => change((f) => ({ ...f, who_line, known_as: null }))}
            inputRef={props.whoRef}
            keys="Alt+W"
          />
          <WhoSigns form={form} read={read} />
        </div>
        <Field
          label={t('intake.where.label')}
          aside={t('intake.where.hint')}
          placeholder={t('intake.where.placeholder')}
          value={form.address}
          onChange={(address) => change((f) => ({ ...f, address }))}
          inputRef={props.whereRef}
          keys="Alt+A"
        />
      </div>
      <Known
        known={read?.known ?? []}
        person={person}
        onTake={(known) => {
          const line = known.name || known.phone;
          props.onTaken(line);
          change((f) => ({
            ...f,
            who_line: line,
            known_as: known.card,
            applicant: {
              ...emptyParty(),
              ...takeOver(known),
              do_not_call: f.applicant.do_not_call || Boolean(known.party.do_not_call),
            },
            address: f.address || known.address,
            circumstances:
              known.party.do_not_call && !f.circumstances.includes('do_not_call')
                ? [...f.circumstances, 'do_not_call']
                : f.circumstances,
          }));
        }}
      />
      <Circumstances form={form} change={change} suggestion={props.suggestion}>
        <Button quiet small onPress={() => setMore(!more)} className="who-more">
          {more ? t('intake.who.less') : t('intake.who.more')}
        </Button>
      </Circumstances>
      {more ? (
        <>
          <PersonFields person={person} onEdit={edit} />
          <div className="field-grid">
            <PillRadios
              label={t('intake.who.channel')}
              value={form.channel}
              onChange={(channel) =>
                change((f) => ({ ...f, channel: channel as IntakeForm['channel'] }))
              }
              options={(['front_office', 'phone', 'round', 'letter'] as const).map((id) => ({
                id,
                label: t(`intake.channel.${id}`),
              }))}
            />
            <PillRadios
              label={t('intake.who.language')}
              value={form.language || null}
              onChange={(language) => change((f) => ({ ...f, language }))}
              options={(['kk', 'ru', 'en', 'other'] as const).map((id) => ({
                id,
                label: t(`intake.language.${id}`),
              }))}
            />
          </div>
        </>
      ) : null}
      {more || form.represented ? (
        <div className="who-represented">
          <Pill
            selected={form.represented !== null}
            onChange={(on) =>
              change(
                (f) => ({ ...f, represented: on ? emptyParty('represented') : null }),
                on ? undefined : t('intake.dropped', { what: t('intake.who.represented') }),
              )
            }
          >
            {t('intake.who.represented')}
          </Pill>
          {form.represented ? (
            <fieldset>
              <legend className="sr">{t('intake.who.represented_title')}</legend>
              <PersonFields
                person={form.represented}
                onEdit={(patch) =>
                  change((f) => ({
                    ...f,
                    represented: { ...(f.represented ?? emptyParty('represented')), ...patch },
                  }))
                }
              />
            </fieldset>
          ) : null}
        </div>
      ) : null}
    </Card>
  );
}

function WhoSigns(props: { form: IntakeForm; read: WhoRead | undefined }) {
  const typed = props.form.who_line.trim() !== '';
  const signs = typed ? signsOf(props.read) : [];
  return (
    <output className="who-signs">
      {signs.map((sign) => {
        if (sign.kind === 'name') {
          return <Tag key={sign.kind}>{t('intake.who.name', { value: sign.value })}</Tag>;
        }
        if (sign.kind === 'phone') {
          return (
            <Tag key={sign.kind} tone={sign.doubtful ? 'warn' : undefined}>
              {t(sign.doubtful ? 'intake.who.phone_doubtful' : 'intake.who.phone', {
                value: sign.value,
              })}
            </Tag>
          );
        }
        return (
          <Tag key={sign.kind} tone={sign.doubtful ? 'warn' : undefined}>
            {t(
              sign.doubtful
                ? 'intake.who.iin_doubtful'
                : sign.kind === 'bin'
                  ? 'intake.who.bin'
                  : 'intake.who.iin',
              { value: sign.value },
            )}
          </Tag>
        );
      })}
    </output>
  );
}

function Known(props: {
  known: readonly KnownPerson[];
  person: Party;
  onTake: (known: KnownPerson) => void;
}) {
  if (props.known.length === 0) return null;
  const today = dayOf(new Date());
  return (
    <ul className="known" aria-label={t('intake.who.known')}>
      {props.known.slice(0, 3).map((known) => {
        const taken =
          known.party.surname === props.person.surname &&
          known.party.given === props.person.given &&
          known.party.phone === props.person.phone &&
          known.party.iin === props.person.iin;
        return (
          <li className="row" key={known.last_case}>
            <span className="grow">
              <span className="t">{known.name || known.phone}</span>{' '}
              <KnownWhy why={known.why} cautions={known.cautions} />
              <span className="m">
                {[
                  known.name ? known.phone : '',
                  known.address,
                  t('intake.who.known_cases', {
                    count: known.cases,
                    date: day(dayOf(known.last_at), today),
                  }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            {taken ? (
              <Tag tone="ok">{t('intake.who.taken')}</Tag>
            ) : (
              <Button small onPress={() => props.onTake(known)}>
                {t('intake.who.take')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** By what the person was found: nobody is taken for another on a name alone. */
function KnownWhy(props: { why: readonly string[]; cautions: KnownPerson['cautions'] }) {
  const same = props.why.filter((w) => ['iin', 'phone', 'name'].includes(w));
  return (
    <>
      {same.map((why) => (
        <Tag key={why}>{tCode(`intake.similar.${why}`, '')}</Tag>
      ))}
      {props.why.includes('other_iin') ? (
        <Tag tone="warn">{t('intake.similar.other_iin')}</Tag>
      ) : null}
      {props.cautions.map((kind) => (
        <Tag key={kind} tone="late">
          {t(`intake.caution.${kind}`)}
        </Tag>
      ))}
    </>
  );
}

function Circumstances(props: {
  form: IntakeForm;
  change: Change;
  suggestion: Suggestion | undefined;
  children: ReactNode;
}) {
  const { form, change } = props;
  const found = signsFound(form, props.suggestion);
  return (
    <div className="circumstances">
      <PillChecks
        label={t('intake.circumstances.label')}
        hideLabel
        value={form.circumstances}
        onChange={(next) =>
          change((f) => {
            const changed = [...CIRCUMSTANCES].filter(
              (c) => next.includes(c) !== f.circumstances.includes(c),
            );
            return changed.reduce(toggleCircumstance, f);
          })
        }
        options={CIRCUMSTANCES.map((id) => ({ id, label: t(`intake.circumstance.${id}`) }))}
      />
      <div className="s found-line">
        {found.length > 0 ? (
          <span>
            {t('intake.circumstance.found')}{' '}
            {found.map((code) => (
              <Button
                key={code}
                quiet
                small
                onPress={() => change((f) => toggleCircumstance(f, code))}
              >
                {tCode(`intake.circumstance.${code}`, code)}
              </Button>
            ))}
            <Kbd keys="Alt+S" />
          </span>
        ) : null}
        {props.children}
      </div>
    </div>
  );
}

function PersonFields(props: { person: Party; onEdit: (patch: Partial<Party>) => void }) {
  const { person, onEdit } = props;
  const field = (
    key: 'surname' | 'given' | 'patronymic' | 'organisation' | 'iin' | 'phone',
    label: string,
  ) => (
    <Field label={label} value={person[key] ?? ''} onChange={(value) => onEdit({ [key]: value })} />
  );
  return (
    <div className="field-grid">
      {field('surname', t('intake.who.surname'))}
      {field('given', t('intake.who.given'))}
      {field('patronymic', t('intake.who.patronymic'))}
      {field('phone', t('intake.who.phone_label'))}
      {field('iin', t('intake.who.iin_label'))}
      {field('organisation', t('intake.who.organisation'))}
      <div className="wide">
        <Field
          label={t('intake.who.call_note')}
          placeholder={t('intake.who.call_note_hint')}
          value={person.call_note ?? ''}
          onChange={(call_note) => onEdit({ call_note })}
        />
      </div>
    </div>
  );
}
