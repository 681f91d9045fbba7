// The host inside the desktop window: the `rpc` command and its `changed` event; what hands bring (src-tauri/src/hands.rs).
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Changed } from './commands.gen';
import type { Hand, Host } from './index';

export function tauriHost(): Host {
  return {
    call: (cmd, args) => invoke('rpc', { cmd, args }),
    onChanged: (tell) => hears<Changed>('changed', tell),
    hands: {
      onHand: (tell) => hears<Hand>('hand', tell),
      pasted: () => invoke('hand_paste'),
      take: (id) => invoke('hand_take', { id }),
    },
  };
}

function hears<T>(name: string, tell: (news: T) => void): () => void {
  const unlisten = listen<T>(name, (event) => tell(event.payload));
  return () => {
    void unlisten.then((stop) => stop());
  };
}
