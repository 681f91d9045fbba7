// A post is kept as the papers need it, “Kazakh / Russian”: a screen shows the half of its language.
import { language } from '.';

/** The half of the screen's language; a post written once is the same in all. */
export function ownPost(post: string): string {
  const [kk = post, ru = kk] = post.split(' / ');
  return language() === 'kk' ? kk : ru;
}
