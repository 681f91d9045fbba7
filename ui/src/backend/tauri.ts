// The host inside the desktop window: one `rpc` command, one `changed` event.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Changed } from './commands.gen';
import type { Host } from './index';

export function tauriHost(): Host {
  return {
    call: (cmd, args) => invoke('rpc', { cmd, args }),
    onChanged(tell) {
      const unlisten = listen<Changed>('changed', (event) => tell(event.payload));
      return () => {
        void unlisten.then((stop) => stop());
      };
    },
  };
}
