// A recording as WAV, which every telephone plays: browsers record WebM or MP4, and old iPhones play no WebM.
const RATE = 16000; // enough for speech, and a third of the size of a CD's
const HEAD = 44;

export async function asWav(recording) {
  const room = new OfflineAudioContext(1, 1, RATE); // what it decodes comes at its own rate
  const heard = await room.decodeAudioData(await recording.arrayBuffer());
  return new Blob([written(mixed(heard))], { type: "audio/wav" });
}

function mixed(heard) {
  const sum = new Float32Array(heard.length);
  for (let channel = 0; channel < heard.numberOfChannels; channel += 1) {
    const one = heard.getChannelData(channel);
    for (let index = 0; index < sum.length; index += 1) sum[index] += one[index] / heard.numberOfChannels;
  }
  return sum;
}

function written(samples) {
  const view = new DataView(new ArrayBuffer(HEAD + samples.length * 2));
  const words = (at, text) => [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  words(0, "RIFF");
  view.setUint32(4, HEAD - 8 + samples.length * 2, true);
  words(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // as it is, not compressed
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  words(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => {
    const loud = Math.max(-1, Math.min(1, sample));
    view.setInt16(HEAD + index * 2, Math.round(loud * 32767), true);
  });
  return view.buffer;
}
