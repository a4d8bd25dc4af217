// Photos are made small before they are kept: a phone's are ten times what a repair needs, and carry the place in them.
const LONGEST_SIDE = 1600, QUALITY = .82;
export const MOST_BYTES = 10 * 1024 * 1024;

/** A smaller JPEG of a photo; one that the browser cannot read stays as it is. */
export async function smaller(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return file;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const made = await new Promise(done => canvas.toBlob(done, 'image/jpeg', QUALITY));
  return made && made.size < file.size ? made : file;
}

/** The name with the ending of what the photo is now. */
export const nameOf = (file, blob) => blob === file ? file.name : `${file.name.replace(/\.[^.]*$/, '')}.jpg`;
