/** No name of a file may end the line it is told on and go on as if it were said by us. */
export const oneLine = (name: string) =>
  name.replace(/[\x00-\x1f]/g, (control) => JSON.stringify(control).slice(1, -1));
