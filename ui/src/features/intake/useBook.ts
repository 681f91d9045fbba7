// Themes and bodies, loaded once for all screens.
import { useMemo } from 'react';
import { useCommand } from '../../backend/query';
import { language, name } from '../../i18n';
import type { ComboItem } from '../../kit';
import { type Book, bookOf } from './form';

export function useBook(): { book: Book; ready: boolean; error: unknown } {
  const { data, error } = useCommand('reference', {});
  const book = useMemo(() => bookOf(data ?? { categories: [], agencies: [] }), [data]);
  return { book, ready: data !== undefined, error };
}

/** All themes to choose from, with their group; found in any of the languages. */
export function useThemes(book: Book): ComboItem[] {
  const lang = language();
  // biome-ignore lint/correctness/useExhaustiveDependencies: names follow the language
  return useMemo(
    () =>
      book.categories
        .filter((c) => c.level === 2)
        .map((c) => {
          const group = book.category(c.parent);
          return {
            id: c.code,
            label: name(c.name),
            ...(group ? { note: name(group.name) } : {}),
            also: `${c.name.kk} ${c.name.ru} ${c.name.en} ${c.code}`,
          };
        }),
    [book, lang],
  );
}

/** Bodies outside the police, or units of it, to choose from. */
export function useBodies(book: Book, internal: boolean): ComboItem[] {
  const lang = language();
  // biome-ignore lint/correctness/useExhaustiveDependencies: names follow the language
  return useMemo(
    () =>
      book.agencies
        .filter((a) => a.internal === internal)
        .map((a) => ({
          id: a.code,
          label: name(a.name),
          also: `${a.name.kk} ${a.name.ru} ${a.name.en} ${a.code}`,
        })),
    [book, internal, lang],
  );
}

/** The name of a body as people read it; its code when the book does not hold it. */
export function bodyName(book: Book, code: string | null | undefined): string {
  const agency = book.agency(code);
  return agency ? name(agency.name) : (code ?? '');
}

/** The name of a theme; its code when the book does not hold it. */
export function themeName(book: Book, code: string | null | undefined): string {
  const category = book.category(code);
  return category ? name(category.name) : (code ?? '');
}
