// Letters as a hurried hand types them: Kazakh letters written with Russian ones, ё as е, any case.
const PAIRS: Record<string, string> = {
  ә: 'а',
  ғ: 'г',
  қ: 'к',
  ң: 'н',
  ө: 'о',
  ұ: 'у',
  ү: 'у',
  һ: 'х',
  і: 'и',
  ё: 'е',
  й: 'и',
};

/** The text with case, accents and Kazakh letters folded away, for filtering short lists. */
export function fold(text: string): string {
  let out = '';
  for (const letter of text.toLowerCase()) out += PAIRS[letter] ?? letter;
  return out.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
}

/** Does every word of `query` begin some word of `text`? */
export function matches(text: string, query: string): boolean {
  const words = fold(text).split(/[^\p{L}\p{N}]+/u);
  return fold(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}
