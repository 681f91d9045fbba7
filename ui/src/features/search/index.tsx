// Ctrl+K: people, cases and commands by typing a few letters; the list follows the typing.
import { useMemo } from 'react';
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Header } from 'react-aria-components/Header';
import { Input } from 'react-aria-components/Input';
import { Menu, MenuItem, MenuSection } from 'react-aria-components/Menu';
import { SearchField } from 'react-aria-components/SearchField';
import type { SearchHit } from '../../backend';
import { useCommand } from '../../backend/query';
import { known, t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Kbd, Tag } from '../../kit/basics';
import { Dialog } from '../../kit/Dialog';
import { fold, matches } from '../../kit/fold';
import { ErrorNote } from '../../kit/Note';
import { useSettled } from '../../kit/useSettled';
import { openKeys } from '../../shell/commands';
import { changeLanguage, nextLanguage } from '../../shell/language';
import { href, navigate, type Route } from '../../shell/router';
import { lock, newVisit, tell } from '../../shell/visit';
import './search.css';
import { useKept } from '../../shell/kept';

interface Command {
  id: string;
  label: string;
  /** The screen it opens, as the rail calls it. */
  name?: string;
  keys?: string;
  run: () => void;
}

/** Screens with the keys that open them, in the order of the rail. */
const SCREENS: readonly { id: Screens; keys?: string; officers?: true }[] = [
  { id: 'reception', keys: 'Alt+1', officers: true },
  { id: 'hall', keys: 'Alt+H' },
  { id: 'control', keys: 'Alt+2' },
  { id: 'round', keys: 'Alt+3', officers: true },
  { id: 'knowledge', keys: 'Alt+5' },
  { id: 'shift', keys: 'Alt+6', officers: true },
  { id: 'sync', keys: 'Alt+7' },
  { id: 'training', keys: 'Alt+9' },
  { id: 'settings', keys: 'Alt+8' },
];
type Screens = Exclude<Route['screen'], 'intake' | 'case'>;

function commands(consultant: boolean): Command[] {
  return [
    { id: 'new', label: t('app.new_visit'), keys: 'Ctrl+N', run: () => void newVisit() },
    ...SCREENS.filter((screen) => !(consultant && screen.officers)).map(({ id, keys }) => ({
      id,
      label: t('search.go', { name: t(`app.nav.${id}`) }),
      name: t(`app.nav.${id}`),
      ...(keys ? { keys } : {}),
      run: () => navigate(id === 'control' ? { screen: id, queue: 'all' } : { screen: id }),
    })),
    {
      id: 'language',
      label: t('app.language.next', { name: t(`app.language.${nextLanguage()}`) }),
      keys: 'F2',
      run: () => void changeLanguage(nextLanguage()).catch(tell),
    },
    { id: 'keys', label: t('app.keys'), keys: 'F1', run: openKeys },
    { id: 'lock', label: t('app.lock'), keys: 'Ctrl+L', run: () => void lock() },
  ];
}

export function SearchDialog(props: { consultant: boolean; onClose: () => void }) {
  const [typed, setTyped] = useKept('search.typed', '');
  const query = useSettled(typed.trim(), 90);
  const found = useCommand('search', { query, limit: 20 }, { enabled: query !== '', keep: true });
  const hits = query === '' ? [] : (found.data?.hits ?? []);
  const all = useMemo(() => commands(props.consultant), [props.consultant]);
  const shown = all.filter((command) => matches(command.label, typed));
  // Who writes out the name of a screen wants the screen, whatever else the word is found in.
  const named = shown.some((command) => command.name && fold(command.name) === fold(typed.trim()));
  const act = (key: string) => {
    props.onClose();
    const command = all.find((one) => `do:${one.id}` === key);
    if (command) command.run();
    else window.location.hash = key;
  };
  const nothing = query !== '' && !found.isFetching && hits.length === 0;
  return (
    <Dialog open onClose={props.onClose} title={t('search.title')} bare wide>
      <Autocomplete inputValue={typed} onInputChange={setTyped}>
        <SearchField className="find" aria-label={t('search.input')} autoFocus>
          <Input placeholder={t('search.placeholder')} />
        </SearchField>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list longer than its box scrolls by keys too */}
        <div className="find-list" tabIndex={0}>
          {found.error ? <ErrorNote error={found.error} /> : null}
          {nothing ? <p className="option-none">{t('search.none')}</p> : null}
          <Menu aria-label={t('search.results')} onAction={(key) => act(String(key))}>
            {named ? <Commands shown={shown} /> : null}
            {hits.length > 0 ? (
              <MenuSection>
                <Header>{t('search.results')}</Header>
                {hits.map((hit) => (
                  <Found key={hit.id} hit={hit} />
                ))}
              </MenuSection>
            ) : null}
            {named ? null : <Commands shown={shown} />}
          </Menu>
        </div>
        <p className="find-foot s">{query === '' ? t('search.hint') : t('search.foot')}</p>
      </Autocomplete>
    </Dialog>
  );
}

function Commands(props: { shown: Command[] }) {
  if (props.shown.length === 0) return null;
  return (
    <MenuSection>
      <Header>{t('search.commands')}</Header>
      {props.shown.map((command) => (
        <MenuItem
          className="option find-command"
          key={command.id}
          id={`do:${command.id}`}
          textValue={command.label}
        >
          <span>{command.label}</span>
          {command.keys ? <Kbd keys={command.keys} /> : null}
        </MenuItem>
      ))}
    </MenuSection>
  );
}

function Found(props: { hit: SearchHit }) {
  const { hit } = props;
  const why = `search.why.${hit.why}`;
  const head = hit.number ?? t('search.visit');
  return (
    <MenuItem
      className="option find-hit"
      id={href({ screen: 'case', id: hit.id })}
      textValue={`${head} ${hit.title} ${hit.who}`}
    >
      <span className="el">
        <span className="t">{hit.title || head}</span>
        {hit.who ? <span className="m"> {hit.who}</span> : null}
      </span>
      <span className="fx">
        {hit.closed ? <Tag>{t('search.closed')}</Tag> : null}
        <span className="s num">{moment(hit.at)}</span>
      </span>
      <span className="el m">{[head, hit.address].filter(Boolean).join(' · ')}</span>
      <span className="s end">{known(why) ? t(why) : ''}</span>
    </MenuItem>
  );
}
