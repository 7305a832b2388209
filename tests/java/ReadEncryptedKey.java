import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Opens a PEM file with an encrypted private key and prints the PKCS#8 inside as hex. */
public class ReadEncryptedKey {
    public static void main(String[] arguments) throws Exception {
        String pem = Files.readString(Path.of(arguments[0]));
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der);
        // The name of PBES2 as the JDK spells it, with its parts: PBEWithHmacSHA256AndAES_256.
        String scheme = encrypted.getAlgParameters().toString();
        Key wrapping = SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(arguments[1].toCharArray()));
        Cipher cipher = Cipher.getInstance(scheme);
        cipher.init(Cipher.DECRYPT_MODE, wrapping, encrypted.getAlgParameters());
        PKCS8EncodedKeySpec specification = encrypted.getKeySpec(cipher);
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(specification);
        System.out.println(HexFormat.of().formatHex(key.getEncoded()));
    }
}
