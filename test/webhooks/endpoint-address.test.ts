import fc from "fast-check";
import t from "tap";
import { EndpointError, isPublicAddress, parseEndpoint } from "../../src/webhooks/endpoint-address.ts";

t.test("addresses of the public internet", async (t) => {
  for (const address of [
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2001:200::1",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "2a00:1450:4007:80e::200e",
  ]) {
    t.ok(isPublicAddress(address), address);
  }
});

t.test("all others are refused, however they are written", async (t) => {
  for (const address of [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:2800::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
    "127.1",
  ]) {
    t.notOk(isPublicAddress(address), address);
  }
});

t.test("an IPv4 address wrapped in an IPv6 one is never public", async () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "::", "64:ff9b::", "fe80::"), (address, prefix) => {
      return !isPublicAddress(`${prefix}${address}`);
    }),
  );
});

t.test("an endpoint is a host name under https", async (t) => {
  t.equal(parseEndpoint("https://hooks.alpha.example/infoss?a=1").href, "https://hooks.alpha.example/infoss?a=1");
  t.equal(parseEndpoint("https://hooks.alpha.example:8443").port, "8443");
  t.equal(parseEndpoint("HTTPS://Hooks.Alpha.Example:443/").href, "https://hooks.alpha.example/");
  for (const text of [
    "",
    "hooks.alpha.example",
    "http://hooks.alpha.example/",
    "ftp://hooks.alpha.example/",
    "https://user@hooks.alpha.example/",
    "https://user:password@hooks.alpha.example/",
    "https://hooks.alpha.example/#here",
    "https://hooks.alpha.example:25/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://１２７.0.0.1/",
    `https://hooks.alpha.example/${"a".repeat(1000)}`,
  ]) {
    t.throws(() => parseEndpoint(text), EndpointError, text);
  }
});
