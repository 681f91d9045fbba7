// An officer's hand on the real page: everything it does is done and counted.
//
// Operators and seconds of the keystroke-level model (Card, Moran, Newell, “The keystroke-level model
// for user performance time with interactive systems”, CACM 23(7), 1980):
// K one key, an average typist of 40 words a minute; P pointing with a mouse; B a button of the mouse
// pressed and let go (two of its 0.1 s); H moving the hand between keys and mouse; M making up one's
// mind before an act. R, waiting for the machine, is not in the model here: its limits are the bench's.
export const SECONDS = { K: 0.28, P: 1.1, B: 0.2, H: 0.4, M: 1.35 };

const SHIFTED = /[\p{Lu}!"№;%:?*()_+<>{}|~@#$^&]/u;

export class Hand {
  counts = { K: 0, P: 0, B: 0, H: 0, M: 0 };
  /** Keys typed while the person speaks: the telling is not the officer's time. */
  told = 0;
  at = 'keys';

  constructor(page) {
    this.page = page;
  }

  /** The officer makes up his mind. */
  think() {
    this.counts.M += 1;
  }

  homeTo(place) {
    if (this.at !== place) this.counts.H += 1;
    this.at = place;
  }

  /** A chord or a key, as `Control+Enter`: every key of it is one. */
  async press(keys) {
    this.homeTo('keys');
    this.counts.K += keys.split('+').length;
    await this.page.keyboard.press(keys);
  }

  /** Decides on an act and presses its key. */
  async act(keys) {
    this.think();
    await this.press(keys);
  }

  /** Types a text of the officer's own. */
  async type(text) {
    this.think();
    this.homeTo('keys');
    this.counts.K += strokes(text);
    await this.page.keyboard.type(text);
  }

  /** Types what the key just pressed asked for: one act with it, no new decision. */
  async goOn(text) {
    this.homeTo('keys');
    this.counts.K += strokes(text);
    await this.page.keyboard.type(text);
  }

  /** Types along while the person speaks. */
  async along(text) {
    this.homeTo('keys');
    this.told += strokes(text);
    await this.page.keyboard.type(text);
  }

  /** Points at a thing and clicks it. */
  async click(locator) {
    this.think();
    this.homeTo('mouse');
    this.counts.P += 1;
    this.counts.B += 1;
    await locator.click();
  }

  /** The page has answered; the officer sees it. */
  async sees(locator) {
    await locator.first().waitFor({ state: 'visible' });
  }

  /** The page has put the cursor there by itself. */
  async focused(locator) {
    await locator.first().waitFor({ state: 'visible' });
    const handle = await locator.first().elementHandle();
    await this.page.waitForFunction((e) => e === document.activeElement, handle);
  }

  /** Leafs with Tab to a field and counts each; what a hand without a key of its own has to do. */
  async tabTo(locator, most = 12) {
    this.think();
    for (let n = 0; n < most; n += 1) {
      if (await locator.evaluate((e) => e === document.activeElement)) return;
      await this.press('Tab');
    }
    if (!(await locator.evaluate((e) => e === document.activeElement))) {
      throw new Error(`not reached in ${most} Tabs`);
    }
  }

  result() {
    const seconds = Object.entries(this.counts).reduce((sum, [op, n]) => sum + n * SECONDS[op], 0);
    return { ...this.counts, told: this.told, seconds: Math.round(seconds * 10) / 10 };
  }
}

/** Keys of a text: a capital or a sign above a figure is Shift and the key. */
function strokes(text) {
  return [...text].reduce((n, letter) => n + (SHIFTED.test(letter) ? 2 : 1), 0);
}
