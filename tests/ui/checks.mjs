// What is asked of every screen: no barrier (axe-core), no foreign letters, nothing cut or pushed out.

/** Serious and critical findings of axe-core, one line each. */
export async function barriers(page) {
  const found = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ['violations'] }).then((r) =>
      r.violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .flatMap((v) =>
          v.nodes.map(
            (n) => `${v.id} (${v.impact}): ${n.target.join(' ')} ${n.any[0]?.message ?? ''}`,
          ),
        ),
    ),
  );
  return found;
}

/** Names of things that are written in Latin letters in every language. */
const LATIN = new RegExp(
  [
    // A code that people compare by voice (docs/adr/0038); first, or its first letter is taken for a key.
    '[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}',
    'Esik',
    'ESK-[\\w-]+',
    // The end of such a number, where a narrow cell folds it.
    'T[0-9A-F]{6}-\\d+',
    'PDF',
    'QR',
    'Ctrl',
    'Control',
    'Enter',
    'Esc(ape)?',
    'Alt',
    'Shift',
    'Tab',
    'Delete',
    'Home',
    'End',
    'F\\d{1,2}',
    // The letter on a key of the keyboard.
    '[A-Z]',
    'https://',
  ]
    .map((word) => `(?<![A-Za-z])${word}(?![A-Za-z])`)
    .join('|'),
  'g',
);

/** What a screen reader would say in Latin letters although the screen is Kazakh or Russian. */
export async function foreignLetters(page, cdp, allowed = []) {
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  const said = new Set();
  for (const node of nodes) {
    if (node.ignored) continue;
    for (const part of [node.name, node.description, node.value]) {
      if (typeof part?.value === 'string') said.add(part.value);
    }
    for (const property of node.properties ?? []) {
      if (['roledescription', 'valuetext'].includes(property.name)) said.add(property.value.value);
    }
  }
  return [...said]
    .map((text) => allowed.reduce((rest, word) => rest.replaceAll(word, ''), text))
    .filter((text) => /[A-Za-z]/.test(text.replace(LATIN, '')))
    .map((text) => `Latin letters: "${text.slice(0, 160)}"`);
}

/** What a page in the dark look still has of the light one: its own word for it, and the ground it stands on. */
export async function reallyDark(page) {
  return page.evaluate(() => {
    const { theme } = document.documentElement.dataset;
    const ground = getComputedStyle(document.body).backgroundColor;
    const [r = 255, g = 255, b = 255] = (ground.match(/[\d.]+/g) ?? []).map(Number);
    const dark = theme === 'dark' && Math.max(r, g, b) < 80;
    return dark ? [] : [`not dark: ${theme}, ${ground}`];
  });
}

/**
 * The frame stands still where rail and head have a place of their own: what is too long scrolls within it.
 * Something placed against the page from deep within a list makes the page itself longer, and an arrow key
 * then moves rail and head out of sight.
 */
export async function frameMoves(page) {
  return page.evaluate(() => {
    const { scrollHeight, clientHeight } = document.documentElement;
    return scrollHeight > clientHeight
      ? [`the frame moves with the list: ${scrollHeight} > ${clientHeight}`]
      : [];
  });
}

/** Things that scroll sideways, and texts whose box is smaller than they are. */
export async function cutOrPushedOut(page) {
  return page.evaluate(() => {
    const out = [];
    const root = document.documentElement;
    // Of its own words only: what is kept for screen readers within it stands anywhere.
    const pastRight = (el) => {
      const range = document.createRange();
      const ends = [...el.childNodes].flatMap((n) => {
        if (n.nodeType !== 3) return [];
        range.selectNodeContents(n);
        const text = range.getBoundingClientRect();
        return text.width > 1 ? [text.right] : [];
      });
      return Math.max(0, ...ends);
    };
    const name = (el) => {
      const words = (el.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 50);
      return `${el.tagName.toLowerCase()}.${[...el.classList].join('.')} "${words}"`;
    };
    if (root.scrollWidth > root.clientWidth) {
      out.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
    }
    for (const el of document.body.querySelectorAll('*')) {
      const style = getComputedStyle(el);
      if (style.visibility === 'hidden' || style.display === 'none') continue;
      if (el.closest('[aria-hidden="true"], .sr, svg')) continue;
      const box = el.getBoundingClientRect();
      // One pixel is how a label is kept for screen readers only.
      if (box.width <= 1 || box.height <= 1) continue;
      const wide = el.scrollWidth > el.clientWidth + 1;
      if (wide && ['auto', 'scroll'].includes(style.overflowX) && el.clientWidth > 0) {
        out.push(`scrolls sideways: ${name(el)} ${el.scrollWidth} > ${el.clientWidth}`);
      }
      // Only the text's own box can cut it. A line that ends in … keeps the whole text for a click.
      const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== '');
      if (!own || el.tagName === 'TEXTAREA' || el.tagName === 'INPUT') continue;
      const cuts = (way) => ['hidden', 'clip'].includes(way);
      if (wide && cuts(style.overflowX) && style.textOverflow !== 'ellipsis') {
        out.push(`cut at the side: ${name(el)}`);
      }
      if (cuts(style.overflowY) && el.scrollHeight > el.clientHeight + 2) {
        out.push(`cut below: ${name(el)} ${el.scrollHeight} > ${el.clientHeight}`);
      }
      // Past the right edge there is no scrolling to it.
      const right = pastRight(el);
      if (right > root.clientWidth + 1 && style.textOverflow !== 'ellipsis') {
        let holder = el.parentElement;
        while (holder && getComputedStyle(holder).textOverflow !== 'ellipsis') {
          holder = holder.parentElement;
        }
        if (!holder) out.push(`past the right edge: ${name(el)} ${Math.round(right)}`);
      }
    }
    return [...new Set(out)];
  });
}
