//! Websites and apps.

use super::htcds_list;

htcds_list! {
    /// Websites and apps by which people are recruited or exploited.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_RecruitmentWebsitesAndApps`, `vic_ExploitationWebsitesAndApps`.
    pub enum WebsitesAndApps {
        Facebook = "Facebook", "Facebook";
        Instagram = "Instagram", "Instagram";
        WhatsApp = "WhatsApp", "WhatsApp";
        Telegram = "Telegram", "Telegram";
        FacebookMessenger = "FacebookMessenger", "Facebook Messenger";
        Viber = "Viber", "Viber";
        SnapChat = "SnapChat", "SnapChat";
        Line = "Line", "Line";
        FourSale = "4Sale", "4Sale";
        WeChat = "WeChat", "WeChat";
        Qq = "QQ", "QQ";
        QZone = "QZone", "QZone";
        TikTok = "TikTok", "TikTok";
        Twitter = "Twitter", "Twitter";
        Other = "Other", "Other";
    }
}
