import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Prints whether Java trusts each leaf: Verify TRUSTSTORE ISSUER LEAF... */
public class Verify {
    public static void main(String[] args) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new FileInputStream(args[0]), null);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        X509TrustManager manager = (X509TrustManager) factory.getTrustManagers()[0];
        CertificateFactory reader = CertificateFactory.getInstance("X.509");
        X509Certificate issuer = (X509Certificate) reader.generateCertificate(new FileInputStream(args[1]));
        for (int i = 2; i < args.length; i++) {
            X509Certificate leaf = (X509Certificate) reader.generateCertificate(new FileInputStream(args[i]));
            try {
                manager.checkServerTrusted(new X509Certificate[] {leaf, issuer}, "RSA");
                System.out.println("trusted");
            } catch (Exception error) {
                System.out.println("refused: " + error.getMessage());
            }
        }
    }
}
