// Loading the page anew, in one place so that a test can watch it.
export const page = {
  reload(): void {
    window.location.reload();
  },
};
