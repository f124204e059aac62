/**
 * Addresses as they may be shown. Over HTTP the user alone may be a token; over SSH the user is part of the address.
 */
export function withoutPassword(text: string): string {
  return text.replace(/\b(https?:\/\/)[^\s/]*@/g, '$1').replace(/\b([a-z+]+:\/\/[^\s/:@]*):[^\s/]*@/g, '$1@');
}
