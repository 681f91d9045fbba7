// A choice from a long list, found by typing: folded letters, first letters of any word.
import { ChevronDown } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { ComboBox } from 'react-aria-components/ComboBox';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { t } from '../i18n';
import { useKept } from '../shell/kept';
import { matches } from './fold';

export interface ComboItem {
  id: string;
  label: string;
  /** Second line. */
  note?: string;
  /** Other words it may be found by: names in the other languages, a code. */
  also?: string;
}

export function Combo(props: {
  /** Its name on this screen, the same in every language. */
  name: string;
  label: ReactNode;
  aside?: ReactNode;
  items: readonly ComboItem[];
  value: string | null;
  onChange: (id: string | null) => void;
  /** What was typed names nothing of the list: given away when the field is left, where it may mean something. */
  onUnknown?: (typed: string) => void;
  placeholder?: string;
  autoFocus?: boolean;
  disabled?: boolean;
}) {
  const chosen = props.items.find((item) => item.id === props.value);
  const [typed, setTyped] = useKept<string>(`${props.name}.half`);
  const text = typed ?? chosen?.label ?? '';
  const shown = useMemo(() => {
    if (typed === undefined || typed.trim() === '') return props.items;
    return props.items.filter((item) =>
      matches(`${item.label} ${item.note ?? ''} ${item.also ?? ''}`, typed),
    );
  }, [props.items, typed]);
  return (
    <ComboBox
      className="field"
      items={shown}
      inputValue={text}
      onInputChange={(value) => {
        if (value !== text) setTyped(value);
      }}
      selectedKey={props.value}
      onSelectionChange={(key) => {
        setTyped(undefined);
        // Leaving the field with a half-typed word keeps what was chosen.
        if (key !== null || typed === '') props.onChange(key === null ? null : String(key));
      }}
      onOpenChange={(open) => {
        if (open || typed === '') return;
        if (typed !== undefined && shown.length === 0) props.onUnknown?.(typed.trim());
        setTyped(undefined);
      }}
      menuTrigger="focus"
      allowsEmptyCollection
      isDisabled={props.disabled ?? false}
      {...(props.autoFocus ? { autoFocus: true } : {})}
    >
      <Label className="field-label">
        {props.label}
        {props.aside ? <em> {props.aside}</em> : null}
      </Label>
      <div className="field-box">
        <Input placeholder={props.placeholder} />
        <AriaButton className="btn quiet small icon">
          <ChevronDown aria-hidden="true" />
        </AriaButton>
      </div>
      <Popover className="popover combo" offset={4} maxHeight={340}>
        <ListBox
          items={shown}
          renderEmptyState={() => <div className="option-none">{t('kit.combo.none')}</div>}
        >
          {(item: ComboItem) => (
            <ListBoxItem className="option" id={item.id} textValue={item.label}>
              <div className="t">{item.label}</div>
              {item.note ? <div className="m">{item.note}</div> : null}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
