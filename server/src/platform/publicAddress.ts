/** Tells addresses of the internet from those of a private network, of a machine, or of a cloud's own metadata service. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** IANA's special-purpose registries, as far as something may listen there. */
const SPECIAL: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  // The rest of IPv6 is kept out below: only 2000::/3 is given to the internet.
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
];
/** Networks of one's own: what answers there is no part of this machine. */
const PRIVATE: typeof SPECIAL = [
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
];
/** Where machines of a cloud ask for their own credentials. */
const METADATA: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
  ['::ffff:169.254.0.0', 112, 'ipv6'],
];

function listOf(subnets: typeof SPECIAL): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of subnets) list.addSubnet(net, prefix, family);
  return list;
}

/** Whether `address` is one that the internet leads to. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  if (!isIPv6(address)) return !listOf(SPECIAL).check(address, 'ipv4');
  return /^[23]/u.test(address) && !listOf(SPECIAL).check(address, 'ipv6');
}

/** Whether `address` leads away from this machine and its link: to the internet, or into a network of one's own. */
export function isAwayAddress(address: string): boolean {
  if (isIP(address) === 0 || isLinkLocal(address)) return false;
  return isPublicAddress(address) || listOf(PRIVATE).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether a cloud's metadata service, or another neighbour on the link, may answer at `address`. */
export function isLinkLocal(address: string): boolean {
  return listOf(METADATA).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
