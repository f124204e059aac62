/**
 * Addresses as they may be shown: every pusher reads along, and a clone may have been made with a password. Over HTTP
 * the user alone may be a token; over SSH the user is part of the address.
 */
export function withoutPassword(text: string): string {
  return text.replace(/\b(https?:\/\/)[^\s/]*@/g, '$1').replace(/\b([a-z+]+:\/\/[^\s/:@]*):[^\s/]*@/g, '$1@');
}
