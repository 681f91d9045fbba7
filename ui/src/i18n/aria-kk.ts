// The hidden labels of React Aria in Kazakh, which it does not have: for screen readers.
// Only the components the window uses; test/aria.test.ts holds the list complete.

interface Formatter {
  number(value: number): string;
  plural(count: number, forms: Record<string, string | (() => string)>): string;
  select(forms: Record<string, string | (() => string)>, value: boolean): string;
}
// biome-ignore lint/suspicious/noExplicitAny: the arguments differ from label to label
type Label = string | ((args: any, formatter: Formatter) => string);

export const kazakh: Record<string, Record<string, Label>> = {
  'react-aria-components': {
    colorSwatchPicker: 'Түс үлгілері',
    dropzoneLabel: 'Файл тастайтын жер',
    selectPlaceholder: 'Біреуін таңдаңыз',
    tableResizer: 'Бағанның енін өзгерту',
  },
  '@react-aria/autocomplete': { collectionLabel: 'Ұсыныстар' },
  '@react-aria/breadcrumbs': { breadcrumbs: 'Жол тізбегі' },
  '@react-aria/combobox': {
    focusAnnouncement: (args, formatter) =>
      `${formatter.select(
        {
          true: () =>
            `${args.groupTitle} тобына кірдіңіз, ${formatter.number(args.groupCount)} нұсқа. `,
          other: '',
        },
        args.isGroupChange,
      )}${args.optionText}${formatter.select({ true: ', таңдалған', other: '' }, args.isSelected)}`,
    countAnnouncement: (args, formatter) => `${formatter.number(args.optionCount)} нұсқа бар.`,
    selectedAnnouncement: (args) => `${args.optionText}, таңдалды`,
    buttonLabel: 'Ұсыныстарды көрсету',
    listboxLabel: 'Ұсыныстар',
  },
  '@react-aria/grid': {
    deselectedItem: (args) => `${args.item} таңдаудан алынды.`,
    select: 'Таңдау',
    selectedCount: (args, formatter) =>
      `${formatter.plural(args.count, {
        '=0': 'Ештеңе таңдалмаған',
        other: () => `${formatter.number(args.count)} жол таңдалды`,
      })}.`,
    selectedAll: 'Бәрі таңдалды.',
    selectedItem: (args) => `${args.item} таңдалды.`,
    longPressToSelect: 'Таңдау үшін ұзақ басып тұрыңыз.',
  },
  '@react-aria/gridlist': {
    hasActionAnnouncement: 'жолда әрекет бар',
    hasLinkAnnouncement: (args) => `сілтемесі бар: ${args.link}`,
  },
  '@react-aria/menu': {
    longPressMessage: 'Мәзірді ашу үшін ұзақ басып тұрыңыз немесе Alt пен төмен көрсеткіні басыңыз',
  },
  '@react-aria/overlays': { dismiss: 'Жабу' },
  '@react-aria/searchfield': { 'Clear search': 'Іздеуді тазалау' },
  '@react-aria/table': {
    select: 'Таңдау',
    selectAll: 'Бәрін таңдау',
    sortable: 'сұрыпталатын баған',
    ascending: 'өсу ретімен',
    descending: 'кему ретімен',
    ascendingSort: (args) => `${args.columnName} бағаны бойынша өсу ретімен сұрыпталған`,
    descendingSort: (args) => `${args.columnName} бағаны бойынша кему ретімен сұрыпталған`,
    columnSize: (args) => `${args.value} пиксель`,
    resizerDescription: 'Енін өзгерту үшін Enter басыңыз',
    expand: 'Жаю',
    collapse: 'Жию',
  },
  '@react-aria/tag': {
    removeDescription: 'Белгіні алып тастау үшін Delete басыңыз.',
    removeButtonLabel: 'Алып тастау',
  },
  '@react-aria/toast': {
    close: 'Жабу',
    notifications: (args, formatter) => `${formatter.number(args.count)} хабарлама.`,
  },
  '@react-aria/tree': { expand: 'Жаю', collapse: 'Жию' },
};
