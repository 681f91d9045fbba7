// A password that can be shown while it is typed.
import { Eye, EyeOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { Field } from '../../kit/Field';

export function PasswordField(props: {
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: ReactNode;
  autoFocus?: boolean;
}) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? 'text' : 'password'}
      inside={
        <Button
          quiet
          small
          icon
          label={shown ? t('session.hide') : t('session.show')}
          onPress={() => setShown(!shown)}
        >
          {shown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
        </Button>
      }
    />
  );
}
