// Before the desk is open: first run, and who is at the desk.
export { EnrollForm } from './EnrollForm';
export { OfficerFields, type OfficerForm, officerProblems } from './OfficerFields';
export { PasswordField } from './PasswordField';
export { SignIn } from './SignIn';
export { Wizard } from './Wizard';
