import Concurrency
import FoundationEssentials
import Storage
import Web

/// Makes the links that browsers open: signed, and good for some hours.
struct PictureLinks: Sendable {
    let signer: URLSigner
    let publicURL: PublicURL
    let lifetime: Duration
    let clock: any WallClock

    func url(of key: StorageKey) -> String {
        // Rounded up to the hour, so that asking twice gives the same link and browsers can keep the picture.
        let end = clock.now.timeIntervalSince1970 + lifetime.seconds
        let expiry = Date(timeIntervalSince1970: (end / 3600).rounded(.up) * 3600)
        return publicURL.url(of: signer.link(to: key, until: expiry))
    }
}
