// A window over the screen: takes the focus, gives it back, closes by Esc.
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { t } from '../i18n';
import { Button } from './Button';

export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  /** Buttons at the foot. */
  foot?: ReactNode;
  wide?: boolean;
  /** The title is only for screen readers. */
  bare?: boolean;
  /** Only its own buttons close it. */
  keep?: boolean;
}) {
  return (
    <ModalOverlay
      className="veil"
      isOpen={props.open}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      isDismissable={!props.keep}
      isKeyboardDismissDisabled={props.keep ?? false}
    >
      <Modal className={props.wide ? 'dialog wide' : 'dialog'}>
        <AriaDialog>
          <div className={props.bare ? 'sr' : 'dialog-head'}>
            <Heading slot="title" level={2}>
              {props.title}
            </Heading>
            {props.keep || props.bare ? null : (
              <Button quiet icon small label={t('kit.close')} onPress={props.onClose}>
                <X aria-hidden="true" />
              </Button>
            )}
          </div>
          {props.bare ? props.children : <div className="dialog-body">{props.children}</div>}
          {props.foot ? <div className="dialog-foot">{props.foot}</div> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
