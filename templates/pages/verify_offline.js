"use strict";
/* Memeriksa pernyataan COSE_Sign1 (ES256) pada kode QR surat dan PDF-nya, tanpa jaringan. Aturannya sama dengan workflow/proof. */
(() => {
const PUBLISHED = JSON.parse(document.getElementById("keys").textContent);
const TEXT = /^((?:HTTPS?:\/\/[A-Z0-9.:-]+)?\/VERIFY\/([2-9A-Z]{10}))\/([A-Z2-7]+)$/;
const IN_FILE = /(?:HTTPS?:\/\/[A-Z0-9.:-]+)?\/VERIFY\/[2-9A-Z]{10}\/[A-Z2-7]{200,1500}/g;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const TEST = "Dibuat dengan kunci UJI: hanya untuk peragaan, tidak membuktikan apa pun terhadap siapa pun.";
const DAMAGED = "Isi kode QR atau berkas ini rusak atau telah diubah: tidak dapat dibaca.";
const LARGEST = 20 * 1024 * 1024, UNPACKED = 8 * 1024 * 1024;
class Fault extends Error {}
const fault = says => { throw new Fault(says); };
const same = (a, b) => a.length === b.length && a.every((value, place) => value === b[place]);
const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async bytes => crypto.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : slowSha256(bytes);

function unbase32(text) {
  const bytes = []; let held = 0, bits = 0;
  for (const sign of text) {
    held = (held << 5) | ALPHABET.indexOf(sign); bits += 5;
    if (bits >= 8) { bits -= 8; bytes.push((held >> bits) & 255); held &= (1 << bits) - 1; }
  }
  if (bits >= 5 || held) fault(DAMAGED);
  return Uint8Array.from(bytes);
}

/* CBOR sejauh yang dipakai pernyataan, dan hanya dalam bentuk terpendeknya. */
function uncbor(bytes) {
  let at = 0;
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const take = count => { if (at + count > bytes.length) fault(DAMAGED); at += count; return bytes.subarray(at - count, at); };
  const length = small => {
    if (small < 24) return small;
    if (small > 26) fault(DAMAGED);
    const width = 1 << (small - 24);
    const value = take(width).reduce((sum, byte) => sum * 256 + byte, 0);
    if (value < [24, 256, 65536][small - 24]) fault(DAMAGED);
    return value;
  };
  const item = depth => {
    if (depth > 4) fault(DAMAGED);
    const first = take(1)[0], small = first & 31;
    switch (first >> 5) {
      case 0: return length(small);
      case 1: return -1 - length(small);
      case 2: return take(length(small));
      case 3: return utf8.decode(take(length(small)));
      case 4: return Array.from({ length: Math.min(length(small), 16) }, () => item(depth + 1));
      case 5: {
        const map = new Map(); let before = -1;
        for (let left = length(small); left > 0; left--) {
          const key = item(depth + 1);
          if (!Number.isInteger(key) || key <= before) fault(DAMAGED);
          before = key; map.set(key, item(depth + 1));
        }
        return map;
      }
      case 6: return { tag: length(small), value: item(depth + 1) };
      default: if (small !== 20 && small !== 21) fault(DAMAGED); return small === 21;
    }
  };
  const value = item(0);
  if (at !== bytes.length) fault(DAMAGED);
  return value;
}

const header = (major, length) => length < 24 ? [major << 5 | length] : length < 256 ? [major << 5 | 24, length] : [major << 5 | 25, length >> 8, length & 255];
function toSign(covered, address, payload) {
  const aside = new TextEncoder().encode(address), context = new TextEncoder().encode("Signature1");
  return Uint8Array.from([0x84, ...header(3, context.length), ...context, ...header(2, covered.length), ...covered,
    ...header(2, aside.length), ...aside, ...header(2, payload.length), ...payload]);
}

function read(text) {
  const found = TEXT.exec(text.slice(0, 4000).replace(/\s+/g, "").toUpperCase());
  if (!found) fault("Teks ini bukan isi kode QR surat dari sistem ini, atau ada bagiannya yang hilang.");
  const [, address, code, encoded] = found;
  const outer = uncbor(unbase32(encoded));
  if (outer.tag !== 18 || !Array.isArray(outer.value) || outer.value.length !== 4) fault(DAMAGED);
  const [covered, open, payload, signature] = outer.value;
  if (!(open instanceof Map) || open.size || ![covered, payload, signature].every(part => part instanceof Uint8Array) || signature.length !== 64) fault(DAMAGED);
  const head = uncbor(covered), said = uncbor(payload);
  if (!(head instanceof Map) || head.size !== 2 || head.get(1) !== -7 || !(head.get(4) instanceof Uint8Array)) fault(DAMAGED);
  if (!(said instanceof Map) || ![1, 3, 4, 5, 6].every(label => typeof said.get(label) === "string") || !Number.isInteger(said.get(2)) || !(said.get(7) instanceof Uint8Array)) fault(DAMAGED);
  return { code, keyId: hex(head.get(4)), signed: toSign(covered, address, payload), signature, said };
}

/* Peramban ponsel kadang membuka berkas simpanan tanpa WebCrypto; pernyataan tetap dapat diperiksa, lebih lambat. */
function slowSha256(bytes) {
  const primes = [];
  for (let each = 2; primes.length < 64; each++) if (primes.every(prime => each % prime)) primes.push(each);
  const fraction = root => Math.floor((root - Math.floor(root)) * 4294967296) | 0;
  const constants = primes.map(prime => fraction(Math.cbrt(prime))), state = primes.slice(0, 8).map(prime => fraction(Math.sqrt(prime)));
  const padded = new Uint8Array((bytes.length + 72) & ~63), view = new DataView(padded.buffer), words = new Int32Array(64);
  padded.set(bytes); padded[bytes.length] = 128;
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 536870912)); view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0);
  const turned = (word, by) => word >>> by | word << (32 - by);
  for (let block = 0; block < padded.length; block += 64) {
    for (let at = 0; at < 64; at++) {
      if (at < 16) { words[at] = view.getInt32(block + at * 4); continue; }
      const before = words[at - 15], last = words[at - 2];
      words[at] = words[at - 16] + (turned(before, 7) ^ turned(before, 18) ^ before >>> 3) + words[at - 7] + (turned(last, 17) ^ turned(last, 19) ^ last >>> 10);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at++) {
      const first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + (e & f ^ ~e & g) + constants[at] + words[at] | 0;
      const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
      [a, b, c, d, e, f, g, h] = [first + second | 0, a, b, c, d + first | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] = state[at] + word | 0; });
  }
  const made = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => made.setInt32(at * 4, word));
  return new Uint8Array(made.buffer);
}

function slowVerify(x, y, signature, signed) {
  const field = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const base = [0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n, 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n];
  const mod = (value, by) => ((value % by) + by) % by;
  const inverse = (value, by) => {
    let [low, high, one, other] = [mod(value, by), by, 1n, 0n];
    while (low > 1n) { const times = high / low; [low, high, one, other] = [high - times * low, low, other - times * one, one]; }
    return mod(one, by);
  };
  const sum = (one, other) => {
    if (!one || !other) return one || other;
    if (one[0] === other[0] && (one[1] !== other[1] || !one[1])) return null;
    const slope = one[0] === other[0] ? (3n * one[0] * one[0] - 3n) * inverse(2n * one[1], field) : (other[1] - one[1]) * inverse(other[0] - one[0], field);
    const across = mod(slope * slope - one[0] - other[0], field);
    return [across, mod(slope * (one[0] - across) - one[1], field)];
  };
  const times = (factor, point) => {
    let made = null;
    for (let left = factor, each = point; left; left >>= 1n, each = sum(each, each)) if (left & 1n) made = sum(made, each);
    return made;
  };
  const number = bytes => BigInt(`0x${hex(bytes)}`), coordinate = text => number(Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), sign => sign.charCodeAt(0)));
  const r = number(signature.subarray(0, 32)), s = number(signature.subarray(32));
  if (!r || !s || r >= order || s >= order) return false;
  const share = inverse(s, order);
  const point = sum(times(mod(number(slowSha256(signed)) * share, order), base), times(mod(r * share, order), [coordinate(x), coordinate(y)]));
  return point !== null && mod(point[0], order) === r;
}

async function verifies(key, signature, signed) {
  if (!crypto.subtle) return slowVerify(key.x, key.y, signature, signed);
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const opened = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: key.x, y: key.y }, curve, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, opened, signature, signed);
}

async function check(text) {
  const found = read(text);
  const key = PUBLISHED.keys.find(each => each.kid === found.keyId);
  if (!key) fault(`Kode QR ini ditandatangani dengan kunci ${found.keyId}, yang tidak termasuk kunci di halaman ini. Bila halaman ini sudah lama, ambillah yang baru; bila tidak, surat ini tidak dapat dipercaya.`);
  if (!await verifies(key, found.signature, found.signed)) fault("Isi kode QR ini tidak sesuai dengan tanda tangannya: telah diubah atau dipalsukan.");
  return { ...found, test: Boolean(key.uji || found.said.get(9)) };
}

function rows(said) {
  const dated = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const others = said.get(8) ? ` dan ${said.get(8)} orang lain` : "";
  return [["Naskah", said.get(3)], ["Nomor", said.get(1)], ["Tanggal", dated.format(new Date(said.get(2) * 864e5))],
    ["Penandatangan", said.get(5) + others], ["Jabatan", said.get(4)], ["Hal", said.get(6)]].filter(([, value]) => value);
}

function show(tone, title, lines, stated = []) {
  const answer = document.getElementById("answer"), section = document.createElement("section");
  const add = (parent, name, text) => { const made = document.createElement(name); made.textContent = text; parent.append(made); return made; };
  section.className = `verdict ${tone}`;
  add(section, "h2", title);
  lines.forEach(line => add(section, "p", line));
  answer.replaceChildren(section);
  if (stated.length) {
    const list = document.createElement("dl");
    for (const [label, value] of stated) { const row = document.createElement("div"); add(row, "dt", label); add(row, "dd", value); list.append(row); }
    answer.append(list);
  }
  answer.scrollIntoView();
}

const wrong = error => show("bad", "TIDAK TERBUKTI ASLI", [error instanceof Fault ? error.message : DAMAGED]);

async function checkText(text) {
  try {
    const found = await check(text);
    show(found.test ? "care" : "good", "KODE QR ASLI", [...(found.test ? [TEST] : []),
      "Instansi menyatakan telah menerbitkan surat ini. Cocokkan nomor, tanggal, hal, dan penandatangannya dengan surat yang Anda pegang.",
      "Kode QR tidak membuktikan bahwa kertas atau berkasnya tidak diubah, dan tidak tahu apakah suratnya sudah dibatalkan."], rows(found.said));
  } catch (error) { wrong(error); }
}

async function inflated(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = []; let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > UNPACKED) { await reader.cancel(); fault("PDF ini memuat data yang terlalu besar."); }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/* Data surat yang disematkan: setiap aliran /EmbeddedFile. Yang dicari hanya yang sidiknya sama dengan yang dinyatakan. */
async function holds(bytes, raw, wanted) {
  for (const mark of [...raw.matchAll(/\/Type\s*\/EmbeddedFile/g)].slice(0, 16)) {
    const opens = raw.indexOf("stream", mark.index), begins = raw.startsWith("\r\n", opens + 6) ? opens + 8 : opens + 7;
    const head = raw.slice(Math.max(raw.lastIndexOf("obj", mark.index), 0), opens);
    const told = /\/Length\s+(\d+)(?!\s+\d+\s+R)/.exec(head);
    const ends = told ? begins + Number(told[1]) : raw.indexOf("endstream", begins);
    if (opens < 0 || ends < begins || ends > bytes.length) continue;
    const packed = bytes.subarray(begins, ends);
    try {
      if (same(await sha256(/FlateDecode/.test(head) ? await inflated(packed) : packed), wanted)) return true;
    } catch (error) { if (error instanceof Fault) throw error; }
  }
  return false;
}

async function checkFile(file) {
  try {
    if (file.size > LARGEST) fault("Berkas ini lebih besar daripada 20 MB.");
    const bytes = new Uint8Array(await file.arrayBuffer());
    const raw = new TextDecoder("latin1").decode(bytes);
    if (!raw.startsWith("%PDF-")) fault("Berkas ini bukan PDF.");
    const texts = [...new Set(raw.match(IN_FILE) || [])];
    if (texts.length !== 1) fault(texts.length ? "PDF ini memuat lebih dari satu pernyataan: telah diubah." : "PDF ini tidak memuat pernyataan instansi: bukan surat dari sistem ini, atau bukan berkas aslinya.");
    const found = await check(texts[0]);
    if (!await holds(bytes, raw, found.said.get(7))) {
      show("bad", "BERKAS TIDAK UTUH", ["Data surat di dalam berkas tidak sama dengan yang dinyatakan instansi: telah diubah."], rows(found.said));
      return;
    }
    const signed = await signatures(bytes, raw);
    const test = found.test || signed.test, lines = [...(test ? [TEST] : []), ...signed.lines];
    const title = signed.good ? "BERKAS ASLI DAN UTUH" : signed.unsure ? "BELUM DAPAT DIPASTIKAN" : "BERKAS TIDAK UTUH";
    show(signed.good && !test ? "good" : signed.good || signed.unsure ? "care" : "bad", title, lines, rows(found.said));
  } catch (error) { wrong(error); }
}

/* Tanda tangan PDF (CMS). Yang diterima hanya sertifikat yang diumumkan instansi; yang terakhir harus mencakup seluruh berkas. */
const HASHES = { "608648016503040201": "SHA-256", "608648016503040202": "SHA-384", "608648016503040203": "SHA-512" };
const CURVES = { "2a8648ce3d030107": ["P-256", 32], "2b81040022": ["P-384", 48] };
function node(bytes, at) {
  let length = bytes[at + 1], start = at + 2;
  if (length > 127) {
    const width = length & 127;
    if (width < 1 || width > 4) fault("Tanda tangan PDF tidak dapat dibaca.");
    length = 0;
    for (let each = 0; each < width; each++) length = length * 256 + bytes[start++];
  }
  if (!(start + length <= bytes.length)) fault("Tanda tangan PDF tidak dapat dibaca.");
  return { tag: bytes[at], at, start, end: start + length };
}
function kids(bytes, parent) {
  const found = [];
  for (let at = parent.start; at < parent.end; at = found.at(-1).end) found.push(node(bytes, at));
  return found;
}
const inside = (bytes, part) => bytes.subarray(part.start, part.end);

function opened(bytes) {
  const content = kids(bytes, kids(bytes, node(bytes, 0))[1])[0], parts = kids(bytes, content);
  const certificates = parts.filter(part => part.tag === 0xa0).flatMap(part => kids(bytes, part)).map(part => bytes.subarray(part.at, part.end));
  const signer = kids(bytes, kids(bytes, parts.at(-1))[0]), attributes = signer.find(part => part.tag === 0xa0);
  const digest = kids(bytes, attributes).map(part => kids(bytes, part)).find(([name]) => hex(inside(bytes, name)) === "2a864886f70d010904");
  const signed = bytes.slice(attributes.at, attributes.end);
  signed[0] = 0x31;
  return { certificates, signed, digest: inside(bytes, kids(bytes, digest[1])[0]), hash: HASHES[hex(inside(bytes, kids(bytes, signer[2])[0]))],
    signature: inside(bytes, signer[signer.indexOf(attributes) + 2]), end: node(bytes, 0).end };
}

function subject(certificate) {
  const parts = kids(certificate, kids(certificate, node(certificate, 0))[0]), first = parts[0].tag === 0xa0 ? 1 : 0;
  const names = kids(certificate, parts[first + 4]).flatMap(set => kids(certificate, set)).map(pair => kids(certificate, pair));
  const common = names.find(([name]) => hex(inside(certificate, name)) === "550403") || names.at(-1);
  return { key: parts[first + 5], name: new TextDecoder().decode(inside(certificate, common[1])).slice(0, 100) };
}

async function verified(certificate, found) {
  const { key } = subject(certificate), [algorithm] = kids(certificate, key), parts = kids(certificate, algorithm);
  const spki = certificate.slice(key.at, key.end);
  if (hex(inside(certificate, parts[0])) === "2a864886f70d010101") {
    const rsa = { name: "RSASSA-PKCS1-v1_5", hash: found.hash };
    return crypto.subtle.verify(rsa, await crypto.subtle.importKey("spki", spki, rsa, false, ["verify"]), found.signature, found.signed);
  }
  const [namedCurve, size] = CURVES[hex(inside(certificate, parts[1]))];
  const raw = new Uint8Array(2 * size);
  kids(found.signature, node(found.signature, 0)).forEach((part, place) => {
    const half = inside(found.signature, part), digits = half.subarray(half.findIndex(byte => byte));
    raw.set(digits, (place + 1) * size - digits.length);
  });
  const opened = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: found.hash }, opened, raw, found.signed);
}

async function signature(bytes, raw, [first, before, after, rest], known) {
  const gap = raw.slice(before, after), unhexed = /^<((?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+)>$/.exec(gap);
  if (first !== 0 || !unhexed || after + rest > bytes.length) fault("Tanda tangan PDF tidak dapat dibaca.");
  const held = Uint8Array.from(unhexed[1].match(/../g), pair => parseInt(pair, 16)), found = opened(held);
  const covered = new Uint8Array(before + rest);
  covered.set(bytes.subarray(0, before)); covered.set(bytes.subarray(after, after + rest), before);
  const digest = new Uint8Array(await crypto.subtle.digest(found.hash, covered));
  const whole = same(digest, found.digest) && held.subarray(found.end).every(byte => !byte);
  for (const certificate of whole ? found.certificates : []) {
    const print = hex(await sha256(certificate));
    if (known.has(print) && await verified(certificate, found)) return { name: subject(certificate).name, test: known.get(print) };
  }
  return null;
}

async function signatures(bytes, raw) {
  const ranges = [...raw.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)].slice(0, 16).map(found => found.slice(1).map(Number));
  if (!crypto.subtle) return { good: false, test: false, unsure: true, lines: ["Pernyataan dan data surat cocok, tetapi peramban ini tidak menyediakan pemeriksaan tanda tangan PDF bagi berkas simpanan. Bukalah halaman ini dengan Chrome, Edge, atau Firefox di komputer."] };
  if (!ranges.length) return { good: false, test: false, lines: ["Pernyataan dan data surat cocok, tetapi berkas ini tidak memuat tanda tangan elektronik, sehingga tidak dapat dipastikan bahwa tampilannya tidak diubah."] };
  const known = new Map();
  for (const { pem, uji } of PUBLISHED.certificates) {
    known.set(hex(await sha256(Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s+/g, "")), sign => sign.charCodeAt(0)))), uji);
  }
  const lines = []; let test = false, good = ranges.some(([, , after, rest]) => after + rest === bytes.length);
  if (!good) lines.push("Ada yang ditambahkan pada berkas ini sesudah tanda tangan terakhir.");
  for (const range of ranges) {
    let signed = null;
    try { signed = await signature(bytes, raw, range, known); } catch { signed = null; }
    lines.push(signed ? `Tanda tangan elektronik ${signed.name}: utuh.` : "Sebuah tanda tangan elektronik TIDAK COCOK dengan isi berkas, atau sertifikatnya tidak diumumkan instansi.");
    good = good && signed !== null;
    test = test || Boolean(signed && signed.test);
  }
  if (good) lines.unshift("Pernyataan, data, dan tanda tangan elektronik berkas ini saling cocok; isinya tidak diubah sejak ditandatangani.");
  return { good, test, lines };
}

document.getElementById("check").addEventListener("click", () => checkText(document.getElementById("text").value));
document.getElementById("file").addEventListener("change", event => event.target.files[0] && checkFile(event.target.files[0]));

/* Kamera dan foto hanya ditawarkan bila peramban ini sendiri dapat membaca kode QR. */
async function offerScanning() {
  if (!("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code"))) return;
  const reader = new BarcodeDetector({ formats: ["qr_code"] });
  document.getElementById("photo").addEventListener("change", event => event.target.files[0] && checkPhoto(reader, event.target.files[0]));
  document.getElementById("camera").addEventListener("click", () => filming ? stopFilming() : film(reader));
  document.getElementById("scan").hidden = false;
  document.getElementById("unread").hidden = true;
}

async function checkPhoto(reader, photo) {
  try {
    const [seen] = await reader.detect(await createImageBitmap(photo));
    await (seen ? checkText(seen.rawValue) : fault("Kode QR tidak terbaca pada foto ini; potretlah lebih dekat dan tegak lurus."));
  } catch (error) { wrong(error instanceof Fault ? error : new Fault("Berkas ini bukan foto yang dapat dibaca; pilihlah foto JPEG atau PNG.")); }
}

/* Kamera menyala sampai sebuah kode terbaca, atau sampai tombolnya ditekan sekali lagi. */
let filming = null, asked = false;
const button = document.getElementById("camera"), video = document.getElementById("video"), START = button.textContent;
function stopFilming() {
  if (filming) filming.getTracks().forEach(track => track.stop());
  filming = null; video.srcObject = null; video.hidden = true; button.textContent = START;
}
async function film(reader) {
  if (asked) return;
  let stream = null;
  try {
    asked = true;
    stream = filming = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } } });
    asked = false;
    button.textContent = "Hentikan kamera";
    video.srcObject = stream; video.hidden = false; await video.play();
    while (filming === stream) {
      const [seen] = await reader.detect(video);
      if (filming !== stream) return;
      if (seen) { stopFilming(); await checkText(seen.rawValue); return; }
      if (!stream.active) fault("Kamera terputus; nyalakan kembali, pilihlah foto, atau tempelkan teksnya.");
      await new Promise(done => setTimeout(done, 150));
    }
  } catch (error) {
    if (filming !== stream) return;
    asked = false;
    stopFilming();
    wrong(error instanceof Fault ? error : new Fault("Kamera tidak dapat dipakai dari halaman ini; pilihlah foto, atau tempelkan teksnya."));
  }
}
offerScanning();
})();
